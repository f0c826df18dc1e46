#define _GNU_SOURCE
#include "probe_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

void probe_progress_set(probe_progress *progress, uint32_t call) {
    __atomic_store_n(&progress->call, call, __ATOMIC_RELAXED);
}

uint32_t probe_progress_get(const probe_progress *progress) {
    return __atomic_load_n(&progress->call, __ATOMIC_RELAXED);
}

/// Moves a descriptor out of the way of those that a child is given, and keeps it from other children.
static int above_standard(int descriptor) {
    if (descriptor < 0) return -1;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
    close(descriptor);
    return moved;
}

int probe_progress_file(void) {
#ifdef __linux__
    // By its number: glibc has had a function for it only since 2.27, and 1 is MFD_CLOEXEC.
    int descriptor = above_standard((int)syscall(SYS_memfd_create, "faultline-gpu-probe", 1u));
    if (descriptor < 0) return -1;
    if (ftruncate(descriptor, sizeof(probe_progress)) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
#else
    return -1;
#endif
}

void probe_process_follow_parent(const char *name) {
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, name, 0, 0, 0);
#else
    (void)name;
#endif
}

/// The end to read from first. A pair of sockets can be written to without a signal when the other end is gone.
static int make_channel(int ends[2], int is_socket) {
    if ((is_socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends)) != 0) return errno;
    for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    int error = 0;
    for (int i = 0; i < 2; i++) {
        ends[i] = above_standard(ends[i]);
        if (ends[i] < 0) error = errno;
    }
    return error;
}

static void close_channel(int ends[2]) {
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0) close(ends[i]);
    }
}

extern char **environ;

int probe_process_start(const char *path, char *const arguments[], int progress, probe_process *process) {
    int requests[2] = {-1, -1}, lines[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = make_channel(requests, 1);
    if (error == 0) error = make_channel(lines, 0);
    if (error == 0) error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        close_channel(requests);
        close_channel(lines);
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        sigset_t none, changed;
        sigemptyset(&none);
        sigemptyset(&changed);
        const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2};
        for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) sigaddset(&changed, signals[i]);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &changed);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        error = posix_spawn_file_actions_adddup2(&actions, requests[0], STDIN_FILENO);
        if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, lines[1], STDOUT_FILENO);
        if (error == 0) error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        if (error == 0 && progress >= 0) error = posix_spawn_file_actions_adddup2(&actions, progress, 3);
        pid_t pid = -1;
        if (error == 0) error = posix_spawn(&pid, path, &actions, &attributes, arguments, environ);
        process->pid = pid;
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        close_channel(requests);
        close_channel(lines);
        return error;
    }
    close(requests[0]);
    close(lines[1]);
    fcntl(requests[1], F_SETFL, O_NONBLOCK);
    fcntl(lines[0], F_SETFL, O_NONBLOCK);
    process->requests = requests[1];
    process->lines = lines[0];
    return 0;
}

void probe_process_request(const probe_process *process) {
#ifdef MSG_NOSIGNAL
    const int flags = MSG_NOSIGNAL;
#else
    const int flags = 0;
#endif
    // When it is not taken, the probe has ended or hangs, and both are noticed elsewhere.
    (void)send(process->requests, "\n", 1, flags);
}

int probe_process_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
int probe_process_exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 0; }
