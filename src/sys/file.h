/* file.h -- files and folders. */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct file;

/* Opens for reading; a folder, a missing or a forbidden file is an error that says so. "-" is
 * standard input. */
MUST_CHECK enum err_code file_open(const char *path, struct file **ret_file, struct err *e);
void file_close(struct file *f);
void file_closep(struct file **f);
/* Whether it is a file on disk, which gives its bytes without waiting for anyone. */
bool file_is_plain(const struct file *f);
/* *ret_len 0 at the end. */
MUST_CHECK enum err_code file_read(void *file, char *bytes, size_t size, size_t *ret_len,
				   struct err *e);

/* Whole file into the arena, NUL after it; ERR_TOO_BIG past `limit`. */
MUST_CHECK enum err_code file_load(const char *path, size_t limit, struct arena *a,
				   struct str *ret_text, struct err *e);

/* Writes a temporary file beside it with `mode`, syncs, renames, syncs the folder: all or nothing.
 */
MUST_CHECK enum err_code file_save(const char *path, struct str bytes, unsigned mode,
				   struct err *e);

/* The same in pieces: what was put so far becomes the file with file_out_commit alone; closing
 * without it leaves things as they were. */
struct file_out;
MUST_CHECK enum err_code file_out_open(const char *path, unsigned mode, struct file_out **ret_out,
				       struct err *e);
MUST_CHECK enum err_code file_out_put(struct file_out *out, struct str bytes, struct err *e);
MUST_CHECK enum err_code file_out_commit(struct file_out *out, struct err *e);
void file_out_close(struct file_out *out);
void file_out_closep(struct file_out **out);

/* Names in the folder that end in `suffix`, sorted by bytes; without "." and hidden ones. */
struct file_names {
	const char **names;
	size_t count;
};
MUST_CHECK enum err_code file_list(const char *folder, const char *suffix, struct arena *a,
				   struct file_names *ret_names, struct err *e);

/* Whether an errno says that there is no room: on the disk, in the user's share of it, or in a file
 * that may grow no larger. */
bool file_is_full(int error);

bool file_exists(const char *path);
bool file_is_folder(const char *path);
/* Makes the folder and its parents. */
MUST_CHECK enum err_code file_make_folder(const char *path, unsigned mode, struct err *e);
/* Removes the folder and all in it; nothing to remove is fine. Follows no links. */
MUST_CHECK enum err_code file_remove_folder(const char *path, struct err *e);
/* dir + "/" + name in the arena. */
char *file_join(struct arena *a, const char *dir, const char *name);

#endif
