/* text.h -- what a program must know about text that people wrote. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"

/* Offset of the first byte that is not valid UTF-8 (RFC 3629: no overlong forms, no surrogates), or
 * -1. */
long text_utf8_fault(struct str s);

/* Length of the text without the character at its end that was cut in the middle, if one was. */
size_t text_whole(struct str s);

/* Columns that the text takes on a terminal (one per code point, none for combining marks). */
size_t text_columns(struct str s);

/* Length of the longest beginning of the text that takes at most `columns`. */
size_t text_fit(struct str s, size_t columns);

/* Makes blanks of all control characters, those of the C1 set too: what people wrote must not
 * steer the terminal of who reads it. */
void text_tame(char *text, size_t len);

/* The word of the list nearest to `word` (Damerau-Levenshtein, at most a third of its letters
 * away), for "did you mean ..."; NULL when none is near. */
const char *text_nearest(struct str word, const char *const *words, size_t count);

/* Lower-case letter first, then lower-case letters, digits and underscores; at most 63 bytes. */
bool text_is_name(struct str s);

/* Letters, digits and signs of ASCII alone, no blanks, so that nobody takes one for another: 1 to
 * `most` of them. */
bool text_is_printable(struct str s, size_t most);

#endif
