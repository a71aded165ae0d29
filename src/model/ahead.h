/* ahead.h -- YAML files that another thread parses meanwhile, from the last of them backwards,
 * while the loader takes them from the first on: whoever comes to a file first parses it.
 */
#ifndef MODEL_AHEAD_H
#define MODEL_AHEAD_H

#include "codec/yaml.h"

struct ahead;

/* Of the folders in the order in which their files are asked for. What the thread makes lives as
 * long as the arena. NULL where there is no thread to be had, or nothing to parse. */
struct ahead *ahead_begin(const char *const *folders, size_t count, struct arena *a);
/* Waits for the thread, which begins no other file. */
void ahead_end(struct ahead *x);
void ahead_endp(struct ahead **x);

/* The file's text, its top, and what is wrong with it, added to `d`. False when the caller is to
 * read and parse it. */
bool ahead_take(struct ahead *x, const char *path, struct str *ret_text,
		const struct yaml **ret_top, struct diags *d);

#endif
