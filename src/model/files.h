/* files.h -- where the loader reads a plan from: folders on disk, or files that were kept. */
#ifndef MODEL_FILES_H
#define MODEL_FILES_H

#include "model/bind.h"
#include "sys/file.h"

/* As their namesakes in sys/file.h; in the arena of `b`. Where b->kept is NULL it is the disk; of
 * kept files a path begins with PLAN_KEPT_ROOT. */
MUST_CHECK enum err_code files_load(const struct bind *b, const char *path, struct str *ret_text,
				    struct err *e);
bool files_exist(const struct bind *b, const char *path);
bool files_folder_exists(const struct bind *b, const char *folder);
MUST_CHECK enum err_code files_list(const struct bind *b, const char *folder, const char *suffix,
				    struct file_names *ret_names, struct err *e);

#endif
