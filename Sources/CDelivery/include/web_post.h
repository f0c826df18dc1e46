#ifndef WEB_POST_H
#define WEB_POST_H

#include <stddef.h>

/// libcurl, opened when something is to be sent: whoever only reads logs does not pay for it, and it need not be there.
typedef struct {
    void *handle;
    void *(*easy_init)(void);
    void (*easy_cleanup)(void *);
    int (*easy_perform)(void *);
    int (*easy_setopt)(void *, int, ...);
    int (*easy_getinfo)(void *, int, ...);
    const char *(*easy_strerror)(int);
    void *(*slist_append)(void *, const char *);
    void (*slist_free_all)(void *);
} web_library;

/// Opens the library of that name. Returns 0, or -1 where there is none or it lacks a call. It stays open: taking a TLS
/// library out of a running process is what crashes processes.
int web_library_open(web_library *library, const char *name);

enum {
    /// Bytes that are kept of an answer; the rest is not read.
    WEB_POST_KEPT = 64 * 1024,
    WEB_POST_ADDRESS = 2048,
};

typedef struct {
    /// http or https; other protocols are refused.
    const char *url;
    /// `Name: value`; the last is NULL.
    const char *const *headers;
    const char *agent;
    const char *body;
    size_t length;
    /// For all of it, and for the connection.
    long timeout_ms, connect_timeout_ms;
} web_post;

typedef struct {
    /// A CURLcode; 0 when the answer came whole.
    int code;
    /// What `code` means, in curl's words, which name no address.
    const char *problem;
    /// Of HTTP; 0 where none came.
    long status;
    /// Seconds that the server asks to wait; 0 where it does not say.
    long long retry_after;
    /// Where a redirect leads, which is not followed; cut, and empty where there is none.
    char redirect[WEB_POST_ADDRESS];
    /// Room for `WEB_POST_KEPT` bytes, which the caller gives, and how many of them came.
    char *body;
    size_t kept;
} web_answer;

/// Sends one POST and waits for the answer. Follows no redirect. Takes proxies from the environment, as curl does.
void web_post_send(const web_library *library, const web_post *post, web_answer *answer);

#endif
