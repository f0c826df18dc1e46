#define _GNU_SOURCE
#include "CSystemCalls.h"

#ifdef __linux__
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

long faultline_getdents64(int folder, void *entries, size_t size) {
    return syscall(SYS_getdents64, folder, entries, size);
}

int faultline_nice_this_thread(int nice) {
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice);
}

int faultline_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

unsigned long faultline_filesystem_type(const char *path) {
    struct statfs info;
    return statfs(path, &info) == 0 ? (unsigned long)info.f_type & 0xffffffffUL : 0;
}

void faultline_trim_heap(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int faultline_private_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}
#endif
