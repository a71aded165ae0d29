/* bind.h -- values out of a YAML map, with complaints that say where and what was meant. */
#ifndef MODEL_BIND_H
#define MODEL_BIND_H

#include "model/model.h"

/* One file being read. */
struct bind {
	const char *file;
	struct arena *arena;
	struct diags *diags;
	const struct plan_files *kept; /* instead of the disk, or NULL */
	struct ahead *ahead;	       /* parses files of the disk meanwhile, or NULL */
};

struct place bind_place(const struct bind *b, const struct yaml *at);
void bind_error(const struct bind *b, const struct yaml *at, const char *format, ...) PRINTF(3, 4);

/* Loads and parses a file whose top is a map; NULL after a complaint. `text` too when asked for. */
const struct yaml *bind_file(struct bind *b, const char *path, struct str *ret_text);

/* Complains about each key of `map` that is not among `names`, with the nearest that is. False when
 * `map` is no map. */
bool bind_keys(const struct bind *b, const struct yaml *map, const char *const *names,
	       size_t count);

/* Text, or `missing` when the key is absent; `missing` of NULL makes it required (and gives ""). */
const char *bind_text(const struct bind *b, const struct yaml *map, const char *name,
		      const char *missing);
bool bind_bool(const struct bind *b, const struct yaml *map, const char *name);
int64_t bind_int(const struct bind *b, const struct yaml *map, const char *name, int64_t low,
		 int64_t high);
/* A list of words; one word alone is a list of one; absent is an empty list. */
struct words bind_words(const struct bind *b, const struct yaml *map, const char *name);
/* Place of the word in `words`; complains and gives 0 when it is none of them or absent. */
size_t bind_choice(const struct bind *b, const struct yaml *map, const char *name,
		   const char *const *words, size_t count);
/* The list under `name`; NULL and a complaint when it is something else. */
const struct yaml *bind_list(const struct bind *b, const struct yaml *map, const char *name,
			     bool required);

bool words_have(const struct words *words, struct str word);

#endif
