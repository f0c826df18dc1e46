#include "web_post.h"

#include <dlfcn.h>
#include <string.h>

// The few numbers of libcurl's interface that are used, from curl/curl.h of 7.88.1. libcurl has kept its ABI since
// 7.16.0 (2006), so that no header of it is needed to build.
enum {
    CODE_OK = 0,
    CODE_FAILED_INIT = 2,
    CODE_OUT_OF_MEMORY = 27,

    GLOBAL_DEFAULT = 3,

    OPTION_WRITEDATA = 10001,
    OPTION_URL = 10002,
    OPTION_POSTFIELDS = 10015,
    OPTION_USERAGENT = 10018,
    OPTION_HTTPHEADER = 10023,
    OPTION_PROTOCOLS_STR = 10318,
    OPTION_WRITEFUNCTION = 20011,
    OPTION_POSTFIELDSIZE_LARGE = 30120,
    OPTION_POST = 47,
    OPTION_FOLLOWLOCATION = 52,
    OPTION_NOSIGNAL = 99,
    OPTION_TIMEOUT_MS = 155,
    OPTION_CONNECTTIMEOUT_MS = 156,
    OPTION_PROTOCOLS = 181,
    OPTION_HTTP09_ALLOWED = 285,

    PROTOCOL_HTTP = 1,
    PROTOCOL_HTTPS = 2,

    INFO_RESPONSE_CODE = 0x200002,
    INFO_REDIRECT_URL = 0x10001f,
    INFO_RETRY_AFTER = 0x600039,
};

int web_library_open(web_library *library, const char *name) {
    memset(library, 0, sizeof(*library));
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return -1;
    int (*global_init)(long) = (int (*)(long))dlsym(handle, "curl_global_init");
    library->easy_init = (void *(*)(void))dlsym(handle, "curl_easy_init");
    library->easy_cleanup = (void (*)(void *))dlsym(handle, "curl_easy_cleanup");
    library->easy_perform = (int (*)(void *))dlsym(handle, "curl_easy_perform");
    library->easy_setopt = (int (*)(void *, int, ...))dlsym(handle, "curl_easy_setopt");
    library->easy_getinfo = (int (*)(void *, int, ...))dlsym(handle, "curl_easy_getinfo");
    library->easy_strerror = (const char *(*)(int))dlsym(handle, "curl_easy_strerror");
    library->slist_append = (void *(*)(void *, const char *))dlsym(handle, "curl_slist_append");
    library->slist_free_all = (void (*)(void *))dlsym(handle, "curl_slist_free_all");
    if (global_init == NULL || library->easy_init == NULL || library->easy_cleanup == NULL ||
        library->easy_perform == NULL || library->easy_setopt == NULL || library->easy_getinfo == NULL ||
        library->easy_strerror == NULL || library->slist_append == NULL || library->slist_free_all == NULL ||
        global_init(GLOBAL_DEFAULT) != CODE_OK) {
        return -1;
    }
    library->handle = handle;
    return 0;
}

static size_t keep(char *bytes, size_t size, size_t count, void *context) {
    web_answer *answer = context;
    size_t length = size * count, room = WEB_POST_KEPT - answer->kept;
    if (length > room) {
        memcpy(answer->body + answer->kept, bytes, room);
        answer->kept = WEB_POST_KEPT;
        // Anything but `length` ends the transfer.
        return length + 1;
    }
    memcpy(answer->body + answer->kept, bytes, length);
    answer->kept += length;
    return length;
}

static int prepare(const web_library *library, void *handle, const web_post *post, void *headers, web_answer *answer) {
    int code = library->easy_setopt(handle, OPTION_NOSIGNAL, 1L);
    // The older option is gone one day, and the newer is not there before 7.85.0. One of them has to be taken.
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_PROTOCOLS_STR, "http,https");
    if (code != CODE_OK) code = library->easy_setopt(handle, OPTION_PROTOCOLS, (long)(PROTOCOL_HTTP | PROTOCOL_HTTPS));
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_FOLLOWLOCATION, 0L);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_TIMEOUT_MS, post->timeout_ms);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_CONNECTTIMEOUT_MS, post->connect_timeout_ms);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_URL, post->url);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_USERAGENT, post->agent);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_HTTPHEADER, headers);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_POST, 1L);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_POSTFIELDSIZE_LARGE, (long long)post->length);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_POSTFIELDS, post->body);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_WRITEFUNCTION, keep);
    if (code == CODE_OK) code = library->easy_setopt(handle, OPTION_WRITEDATA, answer);
    // Off by itself since 7.66.0, where it cannot be set; before, noise was taken for a page.
    if (code == CODE_OK) (void)library->easy_setopt(handle, OPTION_HTTP09_ALLOWED, 0L);
    return code;
}

void web_post_send(const web_library *library, const web_post *post, web_answer *answer) {
    answer->status = 0;
    answer->retry_after = 0;
    answer->redirect[0] = 0;
    answer->kept = 0;
    answer->code = CODE_FAILED_INIT;
    void *handle = library->easy_init(), *headers = NULL;
    if (handle != NULL) {
        answer->code = CODE_OK;
        for (const char *const *header = post->headers; *header != NULL && answer->code == CODE_OK; header++) {
            void *longer = library->slist_append(headers, *header);
            if (longer == NULL) answer->code = CODE_OUT_OF_MEMORY;
            else headers = longer;
        }
        if (answer->code == CODE_OK) answer->code = prepare(library, handle, post, headers, answer);
        if (answer->code == CODE_OK) {
            answer->code = library->easy_perform(handle);
            const char *redirect = NULL;
            (void)library->easy_getinfo(handle, INFO_RESPONSE_CODE, &answer->status);
            (void)library->easy_getinfo(handle, INFO_RETRY_AFTER, &answer->retry_after);
            if (library->easy_getinfo(handle, INFO_REDIRECT_URL, &redirect) == CODE_OK && redirect != NULL) {
                strncpy(answer->redirect, redirect, WEB_POST_ADDRESS - 1);
                answer->redirect[WEB_POST_ADDRESS - 1] = 0;
            }
        }
        library->easy_cleanup(handle);
    }
    if (headers != NULL) library->slist_free_all(headers);
    answer->problem = library->easy_strerror(answer->code);
}
