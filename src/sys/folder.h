/* folder.h -- a folder that one process at a time works on, and that stands under its name only
 * once it is whole. */
#ifndef SYS_FOLDER_H
#define SYS_FOLDER_H

#include "base/err.h"

#include <stdbool.h>

/* A lock on a folder; it ends with the process too, however that ends. -1 is none. */
#define FOLDER_LOCK CLEANUP(folder_unlock) int

/* Makes the folder (and its parents) when it is missing, and waits up to `seconds` for another
 * process that holds it, then ERR_BUSY. */
MUST_CHECK enum err_code folder_lock(const char *path, unsigned mode, int seconds, int *ret_lock,
				     struct err *e);
void folder_unlock(int *lock);

/* Removes all that is in it. */
MUST_CHECK enum err_code folder_empty(const char *path, struct err *e);

bool folder_is_empty(const char *path);

/* Gives the folder its name, for good. What has that name may only be an empty folder. */
MUST_CHECK enum err_code folder_rename(const char *from, const char *to, struct err *e);

/* Has what was written to the file, and its name, on the disk. */
MUST_CHECK enum err_code folder_sync_file(const char *path, struct err *e);

#endif
