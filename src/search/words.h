/* words.h -- text as the words that are searched for.
 *
 * A word is a run of letters and digits, without accents and in small letters, whatever the script.
 * What stands between them parts them. Parts that only apostrophes, hyphens, underscores or,
 * between digits, points hold together, as in O'Neill, db-01 and 6.5, share a compound: they are
 * found by the parts and by the whole, oneill, db01 and 65.
 */
#ifndef SEARCH_WORDS_H
#define SEARCH_WORDS_H

#include "base/str.h"

enum { WORD_BYTES = 64 /* a longer word is cut, wherever it stands */ };

struct word {
	struct str text;
	size_t compound; /* counted from 0; whose parts follow one another */
	size_t from, to; /* characters of the text, from 0 */
};

struct word_list {
	struct word *words;
	size_t count;
	size_t cap;
};

/* Adds the words of the text, `most` in the list at most; false when there are more. What is no
 * UTF-8 parts words. Lives in the arena. */
bool words_add(struct word_list *l, struct str text, size_t most, struct arena *a);
/* The end of the compound that begins with that word: the place after its last part. */
size_t words_compound(const struct word_list *l, size_t begin);
/* The parts of a compound as one word. */
struct str words_joined(const struct word_list *l, size_t begin, size_t end, struct arena *a);

#endif
