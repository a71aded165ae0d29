#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "collect/collection_priv.h"
#include "sys/proc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const register_names[COLLECT_REGISTERS] = {
	[IN_SYSTEM] = "system",
	[IN_ASSET] = "asset",
	[IN_ACCOUNT] = "account",
	[IN_SOFTWARE] = "software",
	[IN_INSTALLATION] = "installation",
	[IN_ENDPOINT_STATUS] = "endpoint_status",
};

const char *
collection_register(enum collect_register in)
{
	return register_names[in];
}

const char *
arena_format(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		return "";
	text = arena_alloc(a, (size_t)len + 1);
	va_start(args, format);
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

bool
text_is_clean(struct str text, size_t limit)
{
	if (text.len == 0 || text.len > limit || text_utf8_fault(text) >= 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];

		if (byte < ' ' || byte == 0x7f)
			return false;
	}
	return true;
}

struct str
text_word(struct str *rest)
{
	struct str word;
	size_t len = 0;

	*rest = str_trim(*rest);
	while (len < rest->len && rest->ptr[len] != ' ' && rest->ptr[len] != '\t')
		len++;
	if (len == 0)
		return (struct str){0};
	word = (struct str){rest->ptr, len};
	*rest = (struct str){rest->ptr + len, rest->len - len};
	return word;
}

bool
text_skip(struct str *text, const char *start)
{
	if (text->len == 0 || !str_begins(*text, start))
		return false;
	text->ptr += strlen(start);
	text->len -= strlen(start);
	return true;
}

void
collection_gap(struct collection *c, const char *what, const char *format, ...)
{
	struct collect_gap *gap = arena_alloc(c->arena, sizeof(*gap));
	char why[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	*gap = (struct collect_gap){.what = what, .why = str_z(c->arena, str_of(why))};
	*c->gap_end = gap;
	c->gap_end = &gap->next;
	c->gap_count++;
}

const char *
collection_path(struct collection *c, const char *path)
{
	return arena_format(c->arena, "%s%s", c->root, path);
}

bool
collection_has(struct collection *c, const char *path)
{
	return file_exists(collection_path(c, path));
}

bool
collection_open(struct collection *c, const char *path, const char *what, struct lines *ret_lines)
{
	struct err e = {0};
	enum err_code rc = lines_open(collection_path(c, path), ret_lines, &e);

	if (rc && what && rc == ERR_MISSING)
		collection_gap(c, what, "%s is not there", path);
	else if (rc && what && rc == ERR_DENIED)
		collection_gap(c, what, "%s may not be read; run as root", path);
	else if (rc && what)
		collection_gap(c, what, "%s", e.message);
	return rc == ERR_NONE;
}

void
collection_read(struct collection *c, const char *path, const char *what, const struct lines *l,
		size_t bad_lines)
{
	if (l->err.code)
		collection_gap(c, what, "reading %s broke off: %s", path, l->err.message);
	if (l->dropped > 0)
		collection_gap(c, what, "%zu lines of %s are longer than %d bytes", l->dropped,
			       path, LIMIT_ROW_BYTES);
	if (bad_lines > 0)
		collection_gap(c, what, "%zu lines of %s make no sense", bad_lines, path);
}

struct str
collection_first_line(struct collection *c, const char *path)
{
	CLEANUP(lines_fini) struct lines l = {0};
	struct str line = {0};

	if (!collection_open(c, path, NULL, &l) || !lines_next(&l, &line))
		return (struct str){0};
	line = str_trim(line);
	return line.len > 0 ? str_dup(c->arena, line) : (struct str){0};
}

bool
collection_run_program(struct collection *c, const char *const *argv, struct str *ret_out)
{
	struct proc_result result;
	struct err e;

	if (c->root[0] != '\0' || proc_run(argv, c->arena, &result, &e) || result.status != 0)
		return false;
	*ret_out = result.out;
	return true;
}

bool
record_begin(struct collection *c, enum collect_register in, const char *key)
{
	if (!text_is_clean(str_of(key), LIMIT_KEY_BYTES)) {
		c->bad_keys++;
		return false;
	}
	c->records[in]++;
	jw_begin(&c->line, &c->body, false);
	jw_object(&c->line);
	record_text(c, "register", str_of(register_names[in]));
	record_text(c, "key", str_of(key));
	return true;
}

void
record_text(struct collection *c, const char *field, struct str value)
{
	if (value.ptr && !text_is_clean(value, LIMIT_FIELD_BYTES)) {
		c->bad_values++;
		value = (struct str){0};
	}
	jw_key(&c->line, field);
	jw_text(&c->line, value);
}

void
record_words(struct collection *c, const char *field, const struct str *words, size_t count)
{
	jw_key(&c->line, field);
	jw_array(&c->line);
	for (size_t i = 0; i < count; i++) {
		if (i >= LIMIT_LIST_ITEMS || !text_is_clean(words[i], LIMIT_KEY_BYTES))
			c->bad_values++;
		else
			jw_text(&c->line, words[i]);
	}
	jw_end_array(&c->line);
}

void
record_flag(struct collection *c, const char *field, enum tri value)
{
	jw_key(&c->line, field);
	if (value == UNKNOWN)
		jw_null(&c->line);
	else
		jw_bool(&c->line, value == YES);
}

void
record_instant(struct collection *c, const char *field, int64_t ms)
{
	char text[CIVIL_INSTANT_LEN + 1];

	if (ms > 0 && ms <= c->now_ms + MS_PER_DAY) {
		civil_format_instant(ms, text);
		record_text(c, field, str_of(text));
	} else {
		record_text(c, field, (struct str){0});
	}
}

void
record_end(struct collection *c)
{
	jw_end_object(&c->line);
	buf_add(&c->body, "\n", 1);
}
