#include "codec/json.h"
#include "base/limits.h"
#include "base/text.h"

static void
short_escape(struct buf *out, char c)
{
	char text[2] = {'\\', c};

	buf_add(out, text, sizeof(text));
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

/* Whether one of eight bytes is not: of each, what is below 0x20 borrows from its top bit, and so
 * does, of a difference, what is equal. Bytes of 0x80 and more are plain. */
static bool
is_plain_word(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101U;
	const uint64_t tops = 0x8080808080808080U;
	const uint64_t quote = bytes ^ (ones * '"');
	const uint64_t back = bytes ^ (ones * '\\');

	return ((((bytes - ones * 0x20) & ~bytes) | ((quote - ones) & ~quote) |
		 ((back - ones) & ~back)) &
		tops) == 0;
}

/* The last eight bytes are looked at together, some of them again. */
static bool
is_plain_text(struct str text)
{
	uint64_t word;
	size_t i = 0;

	if (text.len < sizeof(word)) {
		while (i < text.len && is_plain((unsigned char)text.ptr[i]))
			i++;
		return i == text.len;
	}
	for (; i + sizeof(word) < text.len; i += sizeof(word)) {
		memcpy(&word, text.ptr + i, sizeof(word));
		if (!is_plain_word(word))
			return false;
	}
	memcpy(&word, text.ptr + text.len - sizeof(word), sizeof(word));
	return is_plain_word(word);
}

/* Text given by the caller must be UTF-8. Most has nothing in it to be escaped. */
static void
add_plain(struct buf *out, struct str text)
{
	char *to = buf_room(out, text.len + 2);

	if (!to)
		return;
	to[0] = '"';
	if (text.len > 0)
		memcpy(to + 1, text.ptr, text.len);
	to[text.len + 1] = '"';
	buf_wrote(out, text.len + 2);
}

void
json_escape(struct buf *out, struct str text)
{
	size_t from = 0;

	if (is_plain_text(text)) {
		add_plain(out, text);
		return;
	}
	buf_add(out, "\"", 1);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (is_plain(c))
			continue;
		buf_add(out, text.ptr + from, i - from);
		from = i + 1;
		if (c == '"' || c == '\\')
			short_escape(out, (char)c);
		else if (c >= '\b' && c <= '\r' && c != '\v')
			short_escape(out, "btn?fr"[c - '\b']);
		else
			buf_addf(out, "\\u%04x", c);
	}
	if (text.len > from)
		buf_add(out, text.ptr + from, text.len - from);
	buf_add(out, "\"", 1);
}

struct str
json_str(const json_t *json)
{
	return (struct str){json_string_value(json), json_string_length(json)};
}

void
jw_begin(struct json_writer *w, struct buf *out, bool pretty)
{
	*w = (struct json_writer){.out = out, .pretty = pretty, .first = true};
}

static void
new_line(struct json_writer *w)
{
	if (!w->pretty)
		return;
	buf_add(w->out, "\n", 1);
	for (int i = 0; i < w->depth; i++)
		buf_add(w->out, "  ", 2);
}

/* What stands before a value or a key. */
static void
separate_more(struct json_writer *w)
{
	bool first = w->first;

	w->first = false;
	if (!first)
		buf_add(w->out, ",", 1);
	if (w->depth > 0)
		new_line(w);
}

static inline void
separate(struct json_writer *w)
{
	if (!w->after_key) {
		separate_more(w);
		return;
	}
	w->after_key = false;
	w->first = false;
}

static void
open_level(struct json_writer *w, const char *bracket)
{
	separate(w);
	buf_add(w->out, bracket, 1);
	w->depth++;
	w->first = true;
}

static void
close_level(struct json_writer *w, const char *bracket)
{
	w->depth--;
	if (!w->first)
		new_line(w);
	buf_add(w->out, bracket, 1);
	w->first = false;
}

void
jw_object(struct json_writer *w)
{
	open_level(w, "{");
}

void
jw_end_object(struct json_writer *w)
{
	close_level(w, "}");
}

void
jw_array(struct json_writer *w)
{
	open_level(w, "[");
}

void
jw_end_array(struct json_writer *w)
{
	close_level(w, "]");
}

void
jw_key(struct json_writer *w, const char *name)
{
	separate(w);
	json_escape(w->out, str_of(name));
	buf_add(w->out, ": ", w->pretty ? 2 : 1);
	w->after_key = true;
}

/* With all that stands around it in a text that is not pretty: ,"name": */
void
json_key_add(struct buf *out, const char *name)
{
	buf_add(out, ",", 1);
	json_escape(out, str_of(name));
	buf_add(out, ":", 1);
}

void
jw_ready_key(struct json_writer *w, struct str ready)
{
	if (w->pretty) {
		separate(w);
		buf_add(w->out, ready.ptr + 1, ready.len - 1);
		buf_add(w->out, " ", 1);
	} else {
		buf_add(w->out, ready.ptr + w->first, ready.len - w->first);
		w->first = false;
	}
	w->after_key = true;
}

void
jw_text(struct json_writer *w, struct str text)
{
	if (!text.ptr) {
		jw_null(w);
		return;
	}
	separate(w);
	json_escape(w->out, text);
}

void
jw_int(struct json_writer *w, int64_t value)
{
	separate(w);
	buf_add_int(w->out, value);
}

void
jw_json(struct json_writer *w, struct str json)
{
	separate(w);
	buf_add(w->out, json.ptr, json.len);
}

void
jw_bool(struct json_writer *w, bool value)
{
	separate(w);
	buf_add(w->out, value ? "true" : "false", value ? 4 : 5);
}

void
jw_null(struct json_writer *w)
{
	separate(w);
	buf_add(w->out, "null", 4);
}

void
jw_key_text(struct json_writer *w, const char *name, struct str text)
{
	jw_key(w, name);
	jw_text(w, text);
}

void
jw_key_word(struct json_writer *w, const char *name, const char *word)
{
	jw_key_text(w, name, word ? str_of(word) : (struct str){0});
}

void
jw_key_int(struct json_writer *w, const char *name, int64_t value)
{
	jw_key(w, name);
	jw_int(w, value);
}

void
jw_key_bool(struct json_writer *w, const char *name, bool value)
{
	jw_key(w, name);
	jw_bool(w, value);
}

bool
json_is_plain_texts(struct str text)
{
	size_t i = 0;

	if (str_is(text, "[]"))
		return true;
	if (text.len == 0 || text.ptr[0] != '[')
		return false;
	do {
		if (++i == text.len || text.ptr[i] != '"')
			return false;
		do
			i++;
		while (i < text.len && is_plain((unsigned char)text.ptr[i]));
		if (i + 1 >= text.len || text.ptr[i] != '"')
			return false;
	} while (text.ptr[++i] == ',');
	return text.ptr[i] == ']' && i + 1 == text.len;
}

/* Offset of the bracket that opens one level too many, or -1. The text need not be JSON: jansson
 * says what is wrong with it, this only keeps its recursion low. */
static long
depth_fault(struct str text)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else if (c == '[' || c == '{') {
			if (++depth > LIMIT_JSON_DEPTH)
				return (long)i;
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return -1;
}

static void
place_of(struct str text, size_t offset, int *ret_line, int *ret_column)
{
	int line = 1;
	int column = 1;

	for (size_t i = 0; i < offset && i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '\n') {
			line++;
			column = 1;
		} else if ((c & 0xc0) != 0x80) {
			column++;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

/* jansson shows what it stands at byte by byte, which can leave half a character. */
static void
fault_clean(char *text)
{
	long at;

	while ((at = text_utf8_fault(str_of(text))) >= 0)
		text[at] = '?';
}

enum err_code
json_read(struct str text, json_t **ret_json, struct err *e)
{
	long too_deep = depth_fault(text);
	json_error_t fault;
	json_t *json;
	int line;
	int column;

	if (too_deep >= 0) {
		place_of(text, (size_t)too_deep, &line, &column);
		return err_set(e, ERR_INVALID, "",
			       "JSON line %d, column %d: more than %d levels of nesting", line,
			       column, LIMIT_JSON_DEPTH);
	}
	json = json_loadb(text.ptr ? text.ptr : "", text.len,
			  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (!json) {
		fault_clean(fault.text);
		return err_set(e, ERR_INVALID, "", "JSON line %d, column %d: %s", fault.line,
			       fault.column, fault.text);
	}
	*ret_json = json;
	return ERR_NONE;
}

/* UTF-8 sorts as UTF-16 does but for one case: in UTF-16 the characters past U+FFFF, here led by F0
 * to F4, come before U+E000 to U+FFFF, here led by EE and EF. */
static int
utf16_rank(char byte)
{
	int rank = (unsigned char)byte;

	return rank == 0xee || rank == 0xef ? rank + 0x10 : rank;
}

int
json_key_order(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < shorter; i++) {
		if (a.ptr[i] != b.ptr[i])
			return utf16_rank(a.ptr[i]) - utf16_rank(b.ptr[i]);
	}
	return (a.len > b.len) - (a.len < b.len);
}
