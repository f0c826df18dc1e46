#ifndef PROBE_PROCESS_H
#define PROBE_PROCESS_H

#include <stdint.h>

/// What the probe tells about itself in memory that it shares with the recorder, so that it is known where it is when
/// it does not come back.
typedef struct {
    /// The call it is in, in the low 8 bits; the GPU's index, in the others. 0 between calls.
    uint32_t call;
    /// Ends with a zero.
    char driver[124];
} probe_progress;

/// Says which call begins. One store.
void probe_progress_set(probe_progress *progress, uint32_t call);
uint32_t probe_progress_get(const probe_progress *progress);

/// A file that has no name and lives in memory, for one `probe_progress`; -1 where that fails. Closed by exec.
int probe_progress_file(void);

/// Has the kernel kill this process when the thread that started it ends, and names it for `ps`.
void probe_process_follow_parent(const char *name);

/// A started probe.
typedef struct {
    int32_t pid;
    /// Where a byte is written for each line that is wanted.
    int requests;
    /// Where the lines come. Never blocks.
    int lines;
} probe_process;

/// Starts a program with pipes of ours as standard input and output, /dev/null as standard error, `progress` (unless below 0)
/// as descriptor 3, and signals as they are by default. Returns 0, or an `errno`.
int probe_process_start(const char *path, char *const arguments[], int progress, probe_process *process);

/// Asks for a line. Never blocks and raises no signal.
void probe_process_request(const probe_process *process);

/// What `WIFSIGNALED`, `WTERMSIG` and `WEXITSTATUS` say: the signal, or 0.
int probe_process_signal(int status);
int probe_process_exit_status(int status);

#endif
