/* score.c -- how well a text has the words that are searched for. */
#include "search/search_priv.h"

#include <string.h>

enum {
	/* What a word is worth by where it stands. */
	WHOLE_IN_HEAD = 8,
	BEGINS_IN_HEAD = 4,
	WHOLE_IN_BODY = 2,
	BEGINS_IN_BODY = 1,
	/* Among those of the same worth a short head goes first. */
	HEAD_WORDS = 64,
};

/* A word that a single letter of ours begins is nearly every word. */
bool
search_goes_on(struct str word)
{
	return word.len > 1;
}

/* What the word is worth in one of the row's texts: `whole` or `begins`, or nothing. */
static int64_t
worth(struct str text, struct str word, int64_t whole, int64_t begins)
{
	int64_t best = 0;

	while (text.ptr && best < whole) {
		struct str one = str_cut(&text, ' ');

		if (one.len < word.len || memcmp(one.ptr, word.ptr, word.len) != 0)
			continue;
		if (one.len == word.len)
			best = whole;
		else if (search_goes_on(word) && begins > best)
			best = begins;
	}
	return best;
}

static int64_t
worth_in(struct str head, struct str body, struct str word)
{
	int64_t best = worth(head, word, WHOLE_IN_HEAD, BEGINS_IN_HEAD);

	return best ? best : worth(body, word, WHOLE_IN_BODY, BEGINS_IN_BODY);
}

/* Engines rank in ways of their own, and their own guess of what is rare; this is the same for all.
 */
int64_t
search_score(const struct word_list *l, struct str head, struct str body, struct arena *a)
{
	int64_t sum = 0;
	int64_t width = 0;
	size_t end;

	for (size_t i = 0; i < l->count; i = end) {
		int64_t least = WHOLE_IN_HEAD;
		int64_t one;

		end = words_compound(l, i);
		for (size_t k = i; k < end; k++) {
			one = worth_in(head, body, l->words[k].text);
			least = one < least ? one : least;
		}
		one = end - i > 1 ? worth_in(head, body, words_joined(l, i, end, a)) : 0;
		/* Parts in a row rather than here and there. */
		sum += one > 0;
		one = one > least ? one : least;
		if (one == 0)
			return 0;
		sum += one;
	}
	for (size_t i = 0; i < head.len; i++)
		width += head.ptr[i] == ' ';
	return sum * HEAD_WORDS + (width < HEAD_WORDS ? HEAD_WORDS - 1 - width : 0);
}
