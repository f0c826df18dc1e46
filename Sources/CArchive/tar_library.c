#include "tar_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The few numbers of libarchive's interface that are used, from archive.h and archive_entry.h of 3.6.2. They are the
// same since 3.0 (2011), so that no header of it is needed to build.
enum {
    ARCHIVE_END = 1,
    ARCHIVE_OK = 0,
    ARCHIVE_WARN = -20,
    FILTER_GZIP = 1,
    FILTER_ZSTD = 14,
    ENTRY_TYPE = 0170000,
    ENTRY_REGULAR = 0100000,
    ENTRY_FOLDER = 0040000,
    ENTRY_SYMBOLIC_LINK = 0120000,
};

int tar_library_open(tar_library *library, const char *name) {
    memset(library, 0, sizeof(*library));
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return -1;
    int missing = 0;
#define CALL(field, symbol)                             \
    do {                                                \
        void *found = dlsym(handle, symbol);            \
        if (found == NULL) missing++;                   \
        memcpy(&library->field, &found, sizeof(found)); \
    } while (0)
    CALL(write_new, "archive_write_new");
    CALL(write_set_format_ustar, "archive_write_set_format_ustar");
    CALL(write_set_format_mtree, "archive_write_set_format_mtree");
    CALL(write_set_format_option, "archive_write_set_format_option");
    CALL(write_add_filter_gzip, "archive_write_add_filter_gzip");
    CALL(write_set_filter_option, "archive_write_set_filter_option");
    CALL(write_open_memory, "archive_write_open_memory");
    CALL(write_header, "archive_write_header");
    CALL(write_data, "archive_write_data");
    CALL(write_close, "archive_write_close");
    CALL(write_free, "archive_write_free");
    CALL(read_new, "archive_read_new");
    CALL(read_support_format_tar, "archive_read_support_format_tar");
    CALL(read_append_filter, "archive_read_append_filter");
    CALL(read_open_memory, "archive_read_open_memory");
    CALL(read_next_header, "archive_read_next_header");
    CALL(read_data, "archive_read_data");
    CALL(read_free, "archive_read_free");
    CALL(error_string, "archive_error_string");
    CALL(entry_new, "archive_entry_new");
    CALL(entry_free, "archive_entry_free");
    CALL(entry_set_pathname, "archive_entry_set_pathname");
    CALL(entry_set_size, "archive_entry_set_size");
    CALL(entry_set_filetype, "archive_entry_set_filetype");
    CALL(entry_set_perm, "archive_entry_set_perm");
    CALL(entry_set_mtime, "archive_entry_set_mtime");
    CALL(entry_pathname, "archive_entry_pathname");
    CALL(entry_hardlink, "archive_entry_hardlink");
    CALL(entry_filetype, "archive_entry_filetype");
    CALL(entry_size, "archive_entry_size");
    if (missing > 0) return -1;
    // Of 3.3 and later; before, there is gzip alone.
    CALL(write_add_filter_zstd, "archive_write_add_filter_zstd");
#undef CALL
    library->handle = handle;
    return 0;
}

static void note(const tar_library *library, void *archive, char problem[TAR_PROBLEM]) {
    const char *words = archive == NULL ? NULL : library->error_string(archive);
    snprintf(problem, TAR_PROBLEM, "%s", words == NULL ? "no reason is known" : words);
}

// MARK: - Writing

int tar_writer_begin(tar_writer *writer, const tar_library *library, tar_compression compression, void *room,
                     size_t size) {
    memset(writer, 0, sizeof(*writer));
    writer->library = library;
    void *archive = writer->archive = library->write_new();
    if (archive == NULL) return TAR_UNABLE;
    int result = library->write_set_format_ustar(archive);
    // Anything but OK is a library without the compression, which would start a program for it.
    if (result == ARCHIVE_OK && compression == TAR_GZIP) {
        result = library->write_add_filter_gzip(archive);
        // The same report makes the same bytes.
        if (result == ARCHIVE_OK) result = library->write_set_filter_option(archive, "gzip", "timestamp", NULL);
    } else if (result == ARCHIVE_OK) {
        result = library->write_add_filter_zstd == NULL ? ARCHIVE_WARN : library->write_add_filter_zstd(archive);
    }
    if (result == ARCHIVE_OK) result = library->write_open_memory(archive, room, size, &writer->used);
    if (result == ARCHIVE_OK) return TAR_OK;
    note(library, archive, writer->problem);
    return TAR_UNABLE;
}

int tar_writer_add(tar_writer *writer, const char *path, int64_t mtime, const void *bytes, size_t count) {
    const tar_library *library = writer->library;
    void *entry = library->entry_new();
    if (entry == NULL) return TAR_FAILED;
    library->entry_set_pathname(entry, path);
    library->entry_set_size(entry, (int64_t)count);
    library->entry_set_filetype(entry, ENTRY_REGULAR);
    library->entry_set_perm(entry, 0644);
    library->entry_set_mtime(entry, mtime, 0);
    int result = library->write_header(writer->archive, entry);
    if (result == ARCHIVE_OK && count > 0 &&
        library->write_data(writer->archive, bytes, count) != (intptr_t)count) {
        result = ARCHIVE_WARN;
    }
    library->entry_free(entry);
    if (result == ARCHIVE_OK) return TAR_OK;
    // Into memory nothing fails but the room.
    note(library, writer->archive, writer->problem);
    return TAR_FULL;
}

int tar_writer_finish(tar_writer *writer) {
    if (writer->archive == NULL) return TAR_FAILED;
    int result = writer->library->write_close(writer->archive);
    if (result != ARCHIVE_OK) note(writer->library, writer->archive, writer->problem);
    writer->library->write_free(writer->archive);
    writer->archive = NULL;
    return result == ARCHIVE_OK ? TAR_OK : TAR_FULL;
}

// MARK: - Reading

int tar_reader_begin(tar_reader *reader, const tar_library *library, const void *bytes, size_t count) {
    memset(reader, 0, sizeof(*reader));
    reader->library = library;
    void *archive = reader->archive = library->read_new();
    if (archive == NULL) return TAR_UNABLE;
    const unsigned char *magic = bytes;
    int isZstd = count >= 4 && magic[0] == 0x28 && magic[1] == 0xb5 && magic[2] == 0x2f && magic[3] == 0xfd;
    int result = library->read_support_format_tar(archive);
    // This one and no other: one within another would be a way to make much out of little.
    if (result == ARCHIVE_OK) result = library->read_append_filter(archive, isZstd ? FILTER_ZSTD : FILTER_GZIP);
    if (result != ARCHIVE_OK) {
        note(library, archive, reader->problem);
        return TAR_UNABLE;
    }
    result = library->read_open_memory(archive, bytes, count);
    if (result == ARCHIVE_OK) return TAR_OK;
    note(library, archive, reader->problem);
    return TAR_FAILED;
}

int tar_reader_next(tar_reader *reader) {
    const tar_library *library = reader->library;
    void *entry = NULL;
    int result = library->read_next_header(reader->archive, &entry);
    if (result == ARCHIVE_END) return TAR_END;
    if ((result != ARCHIVE_OK && result != ARCHIVE_WARN) || entry == NULL) {
        note(library, reader->archive, reader->problem);
        return TAR_FAILED;
    }
    reader->path = library->entry_pathname(entry);
    reader->size = library->entry_size(entry);
    unsigned type = library->entry_filetype(entry) & ENTRY_TYPE;
    if (library->entry_hardlink(entry) != NULL || type == ENTRY_SYMBOLIC_LINK) {
        reader->kind = TAR_LINK;
    } else if (type == ENTRY_REGULAR) {
        reader->kind = TAR_REGULAR;
    } else {
        reader->kind = type == ENTRY_FOLDER ? TAR_FOLDER : TAR_DEVICE;
    }
    return TAR_OK;
}

intptr_t tar_reader_read(tar_reader *reader, void *room, size_t size) {
    intptr_t count = reader->library->read_data(reader->archive, room, size);
    if (count < 0) note(reader->library, reader->archive, reader->problem);
    return count;
}

void tar_reader_finish(tar_reader *reader) {
    if (reader->archive != NULL) reader->library->read_free(reader->archive);
    reader->archive = NULL;
}

// MARK: - Digests

int tar_sha256(const tar_library *library, const void *bytes, size_t count, char digits[TAR_SHA256 + 1]) {
    char text[4096] = {0};
    size_t used = 0;
    void *archive = library->write_new(), *entry = library->entry_new();
    int result = archive == NULL || entry == NULL ? ARCHIVE_WARN : library->write_set_format_mtree(archive);
    if (result == ARCHIVE_OK) result = library->write_set_format_option(archive, "mtree", "all", NULL);
    if (result == ARCHIVE_OK) result = library->write_set_format_option(archive, "mtree", "sha256", "1");
    if (result == ARCHIVE_OK) result = library->write_open_memory(archive, text, sizeof(text) - 1, &used);
    if (result == ARCHIVE_OK) {
        library->entry_set_pathname(entry, "x");
        library->entry_set_size(entry, (int64_t)count);
        library->entry_set_filetype(entry, ENTRY_REGULAR);
        library->entry_set_perm(entry, 0644);
        result = library->write_header(archive, entry);
    }
    if (result == ARCHIVE_OK && count > 0 && library->write_data(archive, bytes, count) != (intptr_t)count) {
        result = ARCHIVE_WARN;
    }
    if (result == ARCHIVE_OK) result = library->write_close(archive);
    if (archive != NULL) library->write_free(archive);
    if (entry != NULL) library->entry_free(entry);
    if (result != ARCHIVE_OK) return TAR_UNABLE;
    text[used < sizeof(text) ? used : sizeof(text) - 1] = 0;
    const char *mark = "sha256digest=";
    const char *found = strstr(text, mark);
    if (found == NULL) return TAR_UNABLE;
    found += strlen(mark);
    if (strspn(found, "0123456789abcdef") < TAR_SHA256) return TAR_UNABLE;
    memcpy(digits, found, TAR_SHA256);
    digits[TAR_SHA256] = 0;
    return TAR_OK;
}
