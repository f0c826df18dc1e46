// System calls that the C library hides from Swift: variadic, or declared for GNU only.
#ifndef FAULTLINE_SYSTEM_CALLS_H
#define FAULTLINE_SYSTEM_CALLS_H

#include <stddef.h>

#ifdef __linux__
/// getdents64(2): the entries of an open folder, without the memory that opendir(3) takes. Bytes read, 0 at the end, or -1.
long faultline_getdents64(int folder, void *entries, size_t size);

/// Nice value of the calling thread alone; setpriority(2) with a thread id, as Linux understands it. 0 or -1.
int faultline_nice_this_thread(int nice);

/// Whether this process was told to ignore a signal, as nohup(1) does before it starts a program: 1 or 0.
int faultline_is_ignored(int signal);

/// Gives memory that was freed back to the kernel, where the C library can: malloc_trim(3) of glibc.
void faultline_trim_heap(void);

/// f_type of statfs(2): which kind of filesystem a path lies on; 0 when that cannot be told.
unsigned long faultline_filesystem_type(const char *path);

/// pipe2(2) with O_CLOEXEC: a pipe that no child inherits, also one that another thread starts at this moment. 0 or -1.
int faultline_private_pipe(int ends[2]);
#endif

#endif
