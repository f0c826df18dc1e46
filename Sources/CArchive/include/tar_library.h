#ifndef TAR_LIBRARY_H
#define TAR_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

/// libarchive, opened when a bundle is written or read: linked, it and what it needs make every start of the program
/// slower, and it need not be there for anything else.
typedef struct {
    void *handle;
    void *(*write_new)(void);
    int (*write_set_format_ustar)(void *);
    int (*write_set_format_mtree)(void *);
    int (*write_set_format_option)(void *, const char *, const char *, const char *);
    int (*write_add_filter_gzip)(void *);
    int (*write_add_filter_zstd)(void *);
    int (*write_set_filter_option)(void *, const char *, const char *, const char *);
    int (*write_open_memory)(void *, void *, size_t, size_t *);
    int (*write_header)(void *, void *);
    intptr_t (*write_data)(void *, const void *, size_t);
    int (*write_close)(void *);
    int (*write_free)(void *);
    void *(*read_new)(void);
    int (*read_support_format_tar)(void *);
    int (*read_append_filter)(void *, int);
    int (*read_open_memory)(void *, const void *, size_t);
    int (*read_next_header)(void *, void **);
    intptr_t (*read_data)(void *, void *, size_t);
    int (*read_free)(void *);
    const char *(*error_string)(void *);
    void *(*entry_new)(void);
    void (*entry_free)(void *);
    void (*entry_set_pathname)(void *, const char *);
    void (*entry_set_size)(void *, int64_t);
    void (*entry_set_filetype)(void *, unsigned);
    /// Takes a `mode_t`, which a call passes as an unsigned number wherever this runs.
    void (*entry_set_perm)(void *, unsigned);
    void (*entry_set_mtime)(void *, int64_t, long);
    const char *(*entry_pathname)(void *);
    const char *(*entry_hardlink)(void *);
    unsigned (*entry_filetype)(void *);
    int64_t (*entry_size)(void *);
} tar_library;

/// Opens the library of that name. Returns 0, or -1 where there is none or it lacks a call.
int tar_library_open(tar_library *library, const char *name);

typedef enum { TAR_GZIP = 1, TAR_ZSTD = 2 } tar_compression;

/// What a call says that did not go well.
enum {
    TAR_OK = 0,
    TAR_END = 1,
    /// The library, or the one that it needs, cannot do it on this machine.
    TAR_UNABLE = -1,
    /// The room is used up.
    TAR_FULL = -2,
    TAR_FAILED = -3,
};

enum { TAR_PROBLEM = 256, TAR_SHA256 = 64 };

/// Writes a compressed tar into memory.
typedef struct {
    const tar_library *library;
    void *archive;
    /// Bytes written; all of them only after `tar_writer_finish`.
    size_t used;
    char problem[TAR_PROBLEM];
} tar_writer;

/// `writer` stays where it is until `tar_writer_finish`, which follows in any case.
int tar_writer_begin(tar_writer *writer, const tar_library *library, tar_compression compression, void *room,
                     size_t size);
/// One regular file; `mtime` in seconds after 1970.
int tar_writer_add(tar_writer *writer, const char *path, int64_t mtime, const void *bytes, size_t count);
int tar_writer_finish(tar_writer *writer);

typedef enum { TAR_REGULAR, TAR_FOLDER, TAR_LINK, TAR_DEVICE } tar_kind;

/// Reads a compressed tar from memory.
typedef struct {
    const tar_library *library;
    void *archive;
    /// Of the entry at which it stands: NULL where the name cannot be told.
    const char *path;
    tar_kind kind;
    int64_t size;
    char problem[TAR_PROBLEM];
} tar_reader;

/// Knows tar, gzip and zstd only, whatever else the library can.
int tar_reader_begin(tar_reader *reader, const tar_library *library, const void *bytes, size_t count);
/// The next entry; `TAR_END` after the last.
int tar_reader_next(tar_reader *reader);
/// Up to `size` bytes of the entry; 0 at its end, below 0 a problem.
intptr_t tar_reader_read(tar_reader *reader, void *room, size_t size);
void tar_reader_finish(tar_reader *reader);

/// The SHA-256 of the bytes as 64 hexadecimal digits, by the library's own digests (of the mtree format).
int tar_sha256(const tar_library *library, const void *bytes, size_t count, char digits[TAR_SHA256 + 1]);

#endif
