#define _GNU_SOURCE
#include "CSystemCalls.h"

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

long faultline_getdents64(int folder, void *entries, size_t size) {
    return syscall(SYS_getdents64, folder, entries, size);
}

int faultline_nice_this_thread(int nice) {
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice);
}
#endif
