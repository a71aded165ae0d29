#include "base/text.h"
#include "base/cleanup.h"

#include <string.h>

enum { WORD_MAX = 63 };

static bool
is_ascii_word(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return (word & UINT64_C(0x8080808080808080)) == 0;
}

/* Length of the sequence at `p` with `left` bytes to go, or 0 when it is not valid. The second
 * byte's range depends on the first: that is what excludes overlong forms, surrogates and what is
 * past U+10FFFF. */
static size_t
sequence_length(const unsigned char *p, size_t left)
{
	unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
	size_t length = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (length == 1)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || left < length || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

long
text_utf8_fault(struct str s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t length;

		if (s.len - i >= sizeof(uint64_t) && is_ascii_word(s.ptr + i)) {
			i += sizeof(uint64_t);
			continue;
		}
		length = sequence_length((const unsigned char *)s.ptr + i, s.len - i);
		if (length == 0)
			return (long)i;
		i += length;
	}
	return -1;
}

static uint32_t
code_point(const unsigned char *p, size_t length)
{
	static const unsigned char lead_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = p[0] & lead_mask[length];

	for (size_t i = 1; i < length; i++)
		c = c << 6 | (p[i] & 0x3fU);
	return c;
}

static bool
is_combining(uint32_t c)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} ranges[] = {
		{0x0300, 0x036f},
		  {0x0483, 0x0489},
		    {0x0591, 0x05bd},
		      {0x0610, 0x061a},
		{0x064b, 0x065f},
		  {0x093c, 0x093c},
		    {0x0941, 0x0948},
		      {0x094d, 0x094d},
		{0x0e34, 0x0e3a},
		  {0x0e47, 0x0e4e},
		    {0x1ab0, 0x1aff},
		      {0x1dc0, 0x1dff},
		{0x200b, 0x200f},
		  {0x20d0, 0x20ff},
		    {0xfe00, 0xfe0f},
		      {0xfe20, 0xfe2f},
	};

	for (size_t i = 0; i < COUNT_OF(ranges) && c >= ranges[i].first; i++) {
		if (c <= ranges[i].last)
			return true;
	}
	return false;
}

size_t
text_whole(struct str s)
{
	size_t lead = s.len;
	size_t size = 1;

	while (lead > 0 && s.len - lead < 3 && ((unsigned char)s.ptr[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0)
		return s.len;
	lead--;
	if ((unsigned char)s.ptr[lead] >= 0xf0)
		size = 4;
	else if ((unsigned char)s.ptr[lead] >= 0xe0)
		size = 3;
	else if ((unsigned char)s.ptr[lead] >= 0xc0)
		size = 2;
	return s.len - lead < size ? lead : s.len;
}

/* Bytes of the character at `at`, 1 for a byte that begins none; *ret_columns is what it takes. */
static size_t
character(struct str s, size_t at, size_t *ret_columns)
{
	const unsigned char *p = (const unsigned char *)s.ptr + at;
	size_t length = sequence_length(p, s.len - at);

	*ret_columns = length == 0 || !is_combining(code_point(p, length));
	return length ? length : 1;
}

size_t
text_columns(struct str s)
{
	size_t columns = 0;
	size_t taken;

	for (size_t i = 0; i < s.len; columns += taken)
		i += character(s, i, &taken);
	return columns;
}

size_t
text_fit(struct str s, size_t columns)
{
	size_t taken = 0;
	size_t i = 0;

	while (i < s.len) {
		size_t length = character(s, i, &taken);

		if (taken > columns)
			break;
		columns -= taken;
		i += length;
	}
	return i;
}

void
text_tame(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		unsigned char next = i + 1 < len ? (unsigned char)text[i + 1] : 0;

		if (c < ' ' || c == 127)
			text[i] = ' ';
		else if (c == 0xc2 && next >= 0x80 && next < 0xa0)
			text[i] = text[i + 1] = ' ';
	}
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. Both
 * words are at most WORD_MAX long. */
static size_t
distance(struct str a, struct str b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *older = rows[0];
	size_t *above = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= b.len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *spare = older;

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t change = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);

			row[j] = least(change, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
			    a.ptr[i - 2] == b.ptr[j - 1])
				row[j] = least(row[j], older[j - 2] + 1);
		}
		older = above;
		above = row;
		row = spare;
	}
	return above[b.len];
}

const char *
text_nearest(struct str word, const char *const *words, size_t count)
{
	size_t best = word.len / 3 + 1;
	const char *nearest = NULL;

	if (word.len == 0 || word.len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		struct str candidate = str_of(words[i]);
		size_t d;

		if (candidate.len > WORD_MAX)
			continue;
		d = distance(word, candidate);
		if (d < best) {
			best = d;
			nearest = words[i];
		}
	}
	return nearest;
}

bool
text_is_name(struct str s)
{
	if (s.len == 0 || s.len > WORD_MAX || s.ptr[0] < 'a' || s.ptr[0] > 'z')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return true;
}

bool
text_is_printable(struct str s, size_t most)
{
	bool good = s.len > 0 && s.len <= most;

	for (size_t i = 0; good && i < s.len; i++)
		good = s.ptr[i] > ' ' && s.ptr[i] < 0x7f;
	return good;
}
