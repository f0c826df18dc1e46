// Preloaded into a writer of a ledger by a test: a disk that fails.
//
// FAULTY_DISK=PATH              only files whose path contains it
// FAULTY_DISK_WRITE=EVERY       every so many write(2) fails with EIO
// FAULTY_DISK_SHORT=EVERY       every so many write(2) takes half of it
// FAULTY_DISK_SYNC=EVERY        every so many fsync(2) fails with EIO
// FAULTY_DISK_TRUNCATE=1        ftruncate(2) always fails with EIO
#define _GNU_SOURCE
#include "faulty_disk.h"

#include <stdlib.h>

#if defined(__linux__)
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int concerns(int file) {
    const char *part = getenv("FAULTY_DISK");
    if (!part) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, part) != NULL;
}

static int strikes(const char *name, long *calls) {
    const char *every = getenv(name);
    if (!every || atol(every) < 1) return 0;
    return __atomic_add_fetch(calls, 1, __ATOMIC_RELAXED) % atol(every) == 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    static long failing, halving;
    if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (concerns(file)) {
        if (strikes("FAULTY_DISK_WRITE", &failing)) { errno = EIO; return -1; }
        if (strikes("FAULTY_DISK_SHORT", &halving)) return real(file, bytes, count / 2);
    }
    return real(file, bytes, count);
}

int fsync(int file) {
    static int (*real)(int);
    static long failing;
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    if (concerns(file) && strikes("FAULTY_DISK_SYNC", &failing)) { errno = EIO; return -1; }
    return real(file);
}

int ftruncate(int file, off_t size) {
    static int (*real)(int, off_t);
    if (!real) real = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate");
    if (concerns(file) && getenv("FAULTY_DISK_TRUNCATE")) { errno = EIO; return -1; }
    return real(file, size);
}
int ftruncate64(int file, off_t size) __attribute__((alias("ftruncate")));
#endif
