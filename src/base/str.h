/* str.h -- a piece of text that somebody else owns; the way to read. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *ptr; /* not NUL-terminated; NULL for "no text", which differs from "" */
	size_t len;
};

/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

struct str str_of(const char *text);
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *text);
bool str_begins(struct str a, const char *text);
int str_cmp(struct str a, struct str b);
struct str str_trim(struct str s);
struct str str_dup(struct arena *a, struct str s);

/* Copies to a NUL-terminated string in the arena. */
char *str_z(struct arena *a, struct str s);

/* Cuts the text before `sep` off *rest and returns it; the last piece empties *rest to {NULL, 0}.
 */
struct str str_cut(struct str *rest, char sep);

/* Whole decimal number, optional minus, nothing else; false on anything else or overflow. */
bool str_int(struct str s, int64_t *ret_value);
/* And back: the length of the text, which a NUL ends. */
enum { INT_TEXT_SIZE = 21 };
size_t int_text(int64_t value, char out[INT_TEXT_SIZE]);

#endif
