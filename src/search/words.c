#include "search/words.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

enum { FOLDED = 32 /* characters that one may become */, ASCII = 128 };

/* Where a text is being read. */
struct scan {
	struct str text;
	size_t at;		   /* bytes */
	size_t character;	   /* characters before it */
	char word[WORD_BYTES + 4]; /* the one in hand */
	size_t len;
	bool full;   /* no more of it is kept */
	size_t from; /* its first character */
};

/* The next character; -1 for a byte that is none. */
static utf8proc_int32_t
next(struct scan *s, size_t *ret_bytes)
{
	utf8proc_int32_t c = (unsigned char)s->text.ptr[s->at];
	utf8proc_ssize_t n = 1;

	if (c >= ASCII)
		n = utf8proc_iterate((const utf8proc_uint8_t *)s->text.ptr + s->at,
				     (utf8proc_ssize_t)(s->text.len - s->at), &c);
	*ret_bytes = n > 0 ? (size_t)n : 1;
	return n > 0 ? c : -1;
}

static bool
is_mark(utf8proc_int32_t c)
{
	utf8proc_category_t k = utf8proc_category(c);

	return k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_MC || k == UTF8PROC_CATEGORY_ME;
}

static bool
is_apostrophe(utf8proc_int32_t c)
{
	return c == '\'' || c == '`' || c == 0xb4 || c == 0x2018 || c == 0x2019 || c == 0x2bc;
}

static bool
is_joiner(utf8proc_int32_t c)
{
	return c == '-' || c == '_' || c == 0xad || c == 0x2010 || c == 0x2011 || is_apostrophe(c);
}

/* Within a number, as in 6.5 and 10.0.0.1. */
static bool
is_point(const struct scan *s)
{
	size_t after = s->at + 1;

	return s->text.ptr[s->at] == '.' && s->len > 0 &&
	       isdigit((unsigned char)s->word[s->len - 1]) && after < s->text.len &&
	       isdigit((unsigned char)s->text.ptr[after]);
}

static bool
is_letter(utf8proc_int32_t c)
{
	utf8proc_category_t k;

	if (c < 0 || is_joiner(c))
		return false;
	if (c < ASCII)
		return isalnum(c) != 0;
	k = utf8proc_category(c);
	return (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) ||
	       (k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO);
}

static void
keep(struct scan *s, utf8proc_int32_t c)
{
	utf8proc_uint8_t bytes[4];
	size_t n = (size_t)utf8proc_encode_char(c, bytes);

	s->full = s->full || s->len + n > WORD_BYTES;
	if (s->full)
		return;
	memcpy(s->word + s->len, bytes, n);
	s->len += n;
}

/* One letter, folded. */
static void
take(struct scan *s, utf8proc_int32_t c)
{
	utf8proc_int32_t folded[FOLDED];
	int boundary = 0;
	utf8proc_ssize_t n;

	if (c < ASCII) {
		keep(s, tolower(c));
		return;
	}
	n = utf8proc_decompose_char(c, folded, FOLDED,
				    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
					    UTF8PROC_STRIPMARK,
				    &boundary);
	for (utf8proc_ssize_t i = 0; i < n && i < FOLDED; i++) {
		if (is_letter(folded[i]))
			keep(s, folded[i]);
	}
}

static void
word_add(struct word_list *l, const struct scan *s, size_t compound, struct arena *a)
{
	l->words = arena_room(a, l->words, l->count, &l->cap, sizeof(*l->words));
	l->words[l->count++] = (struct word){.text = str_dup(a, (struct str){s->word, s->len}),
					     .compound = compound,
					     .from = s->from,
					     .to = s->character};
}

bool
words_add(struct word_list *l, struct str text, size_t most, struct arena *a)
{
	struct scan s = {.text = text};
	size_t compound = l->count ? l->words[l->count - 1].compound + 1 : 0;
	bool inside = false;
	bool joined = true; /* nothing but one joiner stands since the last word */
	bool any = false;
	size_t bytes;

	while (s.at < text.len) {
		utf8proc_int32_t c = next(&s, &bytes);

		if (is_letter(c) || (inside && c >= ASCII && is_mark(c))) {
			if (!inside) {
				compound += any && !joined;
				s.from = s.character;
				s.len = 0;
				s.full = false;
			}
			inside = true;
			take(&s, c);
		} else {
			if (inside && s.len > 0) {
				if (l->count == most)
					return false;
				word_add(l, &s, compound, a);
				any = true;
			}
			joined = inside && (is_joiner(c) || is_point(&s));
			inside = false;
		}
		s.at += bytes;
		s.character++;
	}
	if (!inside || s.len == 0)
		return true;
	if (l->count == most)
		return false;
	word_add(l, &s, compound, a);
	return true;
}

size_t
words_compound(const struct word_list *l, size_t begin)
{
	size_t end = begin + 1;

	while (end < l->count && l->words[end].compound == l->words[begin].compound)
		end++;
	return end;
}

struct str
words_joined(const struct word_list *l, size_t begin, size_t end, struct arena *a)
{
	char *text = arena_alloc(a, (end - begin) * WORD_BYTES + 1);
	size_t len = 0;

	for (size_t i = begin; i < end; i++) {
		struct str part = l->words[i].text;

		memcpy(text + len, part.ptr, part.len);
		len += part.len;
	}
	if (len > WORD_BYTES)
		len = WORD_BYTES;
	/* A character is not cut. */
	while (len > 0 && len == WORD_BYTES && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return (struct str){text, len};
}
