#ifndef GROUP_PROCESS_H
#define GROUP_PROCESS_H

#include <stdint.h>

/// Starts a program as the leader of a process group of its own, so that it can be ended with all that it started.
///
/// It reads `input`, writes into /dev/null, and writes its complaints into `complaints`. Signals are as they are by
/// default. Returns 0, or an `errno`.
int group_process_start(const char *path, char *const arguments[], int input, int complaints, int32_t *pid);

/// What `WIFSIGNALED`, `WTERMSIG` and `WEXITSTATUS` say: the signal, or 0.
int group_process_signal(int status);
int group_process_exit_status(int status);

#endif
