#include "model/bind.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/json.h"
#include "model/ahead.h"
#include "model/files.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHOICES_LIMIT = 700 };

struct place
bind_place(const struct bind *b, const struct yaml *at)
{
	return (struct place){b->file, at ? at->line : 0, at ? at->column : 0};
}

void
bind_error(const struct bind *b, const struct yaml *at, const char *format, ...)
{
	char message[900];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	diag_add(b->diags, DIAG_ERROR, bind_place(b, at), "%s", message);
}

const struct yaml *
bind_file(struct bind *b, const char *path, struct str *ret_text)
{
	const struct yaml *top;
	struct err e = {0};

	b->file = str_z(b->arena, str_of(path));
	if (!ahead_take(b->ahead, path, ret_text, &top, b->diags)) {
		if (files_load(b, path, ret_text, &e)) {
			diag_add(b->diags, DIAG_ERROR, (struct place){b->file, 0, 0}, "%s",
				 e.message);
			return NULL;
		}
		top = yaml_parse(*ret_text, b->file, b->arena, b->diags);
	}
	if (top && top->kind != YAML_MAP) {
		bind_error(b, top, "the file must hold names and values, as in 'title: ...'");
		return NULL;
	}
	return top;
}

bool
bind_keys(const struct bind *b, const struct yaml *map, const char *const *names, size_t count)
{
	if (!map || map->kind != YAML_MAP) {
		bind_error(b, map, "names and values are expected here, as in 'name: ...'");
		return false;
	}
	for (const struct yaml *v = map->first; v; v = v->next) {
		struct place at = {b->file, v->key_line, v->key_column};
		const char *near;
		size_t i;

		for (i = 0; i < count && !str_is(v->key, names[i]); i++)
			continue;
		if (i < count)
			continue;
		near = text_nearest(v->key, names, count);
		if (near)
			diag_add(b->diags, DIAG_ERROR, at,
				 "unknown name '%.*s'; did you mean '%s'?", STR_ARG(v->key), near);
		else
			diag_add(b->diags, DIAG_ERROR, at, "unknown name '%.*s'", STR_ARG(v->key));
	}
	return true;
}

const char *
bind_text(const struct bind *b, const struct yaml *map, const char *name, const char *missing)
{
	const struct yaml *v = yaml_get(map, name);

	if (!v || v->kind == YAML_NULL) {
		if (!missing)
			bind_error(b, v ? v : map, "'%s' is missing", name);
		return missing ? missing : "";
	}
	if (v->kind != YAML_TEXT) {
		bind_error(b, v, "'%s' must be a text", name);
		return "";
	}
	if (!missing && str_trim(v->text).len == 0)
		bind_error(b, v, "'%s' is empty", name);
	return str_z(b->arena, v->text);
}

bool
bind_bool(const struct bind *b, const struct yaml *map, const char *name)
{
	const struct yaml *v = yaml_get(map, name);

	if (!v)
		return false;
	if (v->kind == YAML_TEXT && !v->quoted && str_is(v->text, "true"))
		return true;
	if (v->kind != YAML_TEXT || v->quoted || !str_is(v->text, "false"))
		bind_error(b, v, "'%s' must be true or false", name);
	return false;
}

int64_t
bind_int(const struct bind *b, const struct yaml *map, const char *name, int64_t low, int64_t high)
{
	const struct yaml *v = yaml_get(map, name);
	int64_t value = low;

	if (!v)
		bind_error(b, map, "'%s' is missing", name);
	else if (v->kind != YAML_TEXT || !str_int(v->text, &value) || value < low || value > high)
		bind_error(b, v, "'%s' must be a whole number from %lld to %lld", name,
			   (long long)low, (long long)high);
	return value < low || value > high ? low : value;
}

struct words
bind_words(const struct bind *b, const struct yaml *map, const char *name)
{
	const struct yaml *v = yaml_get(map, name);
	struct words w = {0};

	if (!v || v->kind == YAML_NULL)
		return w;
	if (v->kind == YAML_MAP) {
		bind_error(b, v, "'%s' must be a list of words, as in [one, two]", name);
		return w;
	}
	w.words = arena_alloc(b->arena, (v->count + 1) * sizeof(*w.words));
	if (v->kind == YAML_TEXT) {
		w.words[w.count++] = str_z(b->arena, v->text);
		return w;
	}
	for (const struct yaml *i = v->first; i; i = i->next) {
		if (i->kind == YAML_TEXT)
			w.words[w.count++] = str_z(b->arena, i->text);
		else
			bind_error(b, i, "'%s' must hold words", name);
	}
	return w;
}

/* "one, two, three" in the arena. */
static const char *
choices(const struct bind *b, const char *const *words, size_t count)
{
	CLEANUP(buf_fini) struct buf out = {.limit = CHOICES_LIMIT};

	for (size_t i = 0; i < count; i++)
		buf_addf(&out, "%s%s", i ? ", " : "", words[i]);
	return out.failed ? "..." : str_z(b->arena, (struct str){out.data, out.len});
}

size_t
bind_choice(const struct bind *b, const struct yaml *map, const char *name,
	    const char *const *words, size_t count)
{
	const struct yaml *v = yaml_get(map, name);
	const char *near;

	if (!v || v->kind != YAML_TEXT) {
		bind_error(b, v ? v : map, "'%s' is missing; it is one of %s", name,
			   choices(b, words, count));
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (str_is(v->text, words[i]))
			return i;
	}
	near = text_nearest(v->text, words, count);
	if (near)
		bind_error(b, v, "'%.*s' is no value of '%s'; did you mean '%s'?", STR_ARG(v->text),
			   name, near);
	else
		bind_error(b, v, "'%.*s' is no value of '%s'; it is one of %s", STR_ARG(v->text),
			   name, choices(b, words, count));
	return 0;
}

const struct yaml *
bind_list(const struct bind *b, const struct yaml *map, const char *name, bool required)
{
	const struct yaml *v = yaml_get(map, name);

	if (!v || v->kind == YAML_NULL) {
		if (required)
			bind_error(b, map, "'%s' is missing", name);
		return NULL;
	}
	if (v->kind != YAML_LIST) {
		bind_error(b, v, "'%s' must be a list", name);
		return NULL;
	}
	return v;
}

bool
words_have(const struct words *words, struct str word)
{
	for (size_t i = 0; i < words->count; i++) {
		if (str_is(word, words->words[i]))
			return true;
	}
	return false;
}

void
words_tell(struct json_writer *w, const char *name, const struct words *words)
{
	jw_key(w, name);
	jw_array(w);
	for (size_t i = 0; i < words->count; i++)
		jw_text(w, str_of(words->words[i]));
	jw_end_array(w);
}
