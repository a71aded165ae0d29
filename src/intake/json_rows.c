#include "intake/import_priv.h"

#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { READ_BYTES = 65536 };

/* Lines of any source; of one that is too long only the start is kept. */
struct line_reader {
	struct byte_source source;
	char *data;
	size_t start;
	size_t end;
	long line; /* number of the line in hand */
	bool ended;
};

struct json_file {
	struct import *im;
	size_t number;
	struct line_reader lines;
	struct row row;
	bool any; /* a line was read: the head may only be the first */
};

static enum err_code
lines_fill(struct line_reader *r, struct err *e)
{
	size_t len = 0;
	enum err_code rc;

	if (r->start > 0) {
		memmove(r->data, r->data + r->start, r->end - r->start);
		r->end -= r->start;
		r->start = 0;
	}
	rc = r->source.read(r->source.object, r->data + r->end, READ_BYTES, &len, e);
	if (rc)
		return rc;
	r->ended = len == 0;
	r->end += len;
	return ERR_NONE;
}

/* The next line without its end. *ret_whole false: it is longer than LIMIT_ROW_BYTES and was left
 * out. */
static enum err_code
line_next(struct line_reader *r, struct str *ret_line, bool *ret_whole, struct err *e)
{
	bool whole = true;
	size_t looked = 0;

	for (;;) {
		char *from = r->data + r->start;
		size_t len = r->end - r->start;
		char *stop = memchr(from + looked, '\n', len - looked);
		enum err_code rc;

		if (stop || (r->ended && len > 0)) {
			size_t size = stop ? (size_t)(stop - from) : len;

			r->start += size + (stop != NULL);
			r->line++;
			if (size > 0 && from[size - 1] == '\r')
				size--;
			*ret_line = (struct str){from, size};
			*ret_whole = whole && size <= LIMIT_ROW_BYTES;
			return ERR_NONE;
		}
		if (r->ended) {
			*ret_line = (struct str){0};
			return ERR_NONE;
		}
		looked = len;
		if (len > LIMIT_ROW_BYTES) {
			whole = false;
			r->start = r->end = looked = 0;
		}
		rc = lines_fill(r, e);
		if (rc)
			return rc;
	}
}

/* {"holdfast":"delivery",...}: who collected the rows, and when. */
static enum err_code
head_take(struct json_file *f, const json_t *head)
{
	struct import_file *file = &f->im->files[f->number];
	const json_t *source = json_object_get(head, "source");
	const json_t *at = json_object_get(head, "collected_at");
	const json_t *version = json_object_get(head, "version");

	if (json_integer_value(version) != 1)
		return err_set(&f->im->ctx->err, ERR_INVALID, "",
			       "the delivery is of a form that this program does not know; use a "
			       "newer Holdfast");
	if (json_is_string(source) && json_string_length(source) > 0 && !f->im->o->source)
		file->feed = str_dup(f->im->ctx->arena, json_str(source));
	if (at && (!json_is_string(at) || !civil_parse_instant(json_str(at), &file->collected_at)))
		return err_set(&f->im->ctx->err, ERR_INVALID, "",
			       "'collected_at' is no time; write it as 2026-03-01T12:00:00Z");
	return ERR_NONE;
}

static void
refuse(struct json_file *f, const char *column, const char *reason)
{
	if (f->row.rejected)
		return;
	f->row.rejected = true;
	reject(f->im, &f->row, NULL, column, reason);
}

static void
refuse_name(struct json_file *f, const char *name)
{
	struct err e;

	(void)reg_no_field(f->row.reg, str_of(name), &e);
	refuse(f, name, e.message);
}

/* What every register has: organisation, feed, state. False when `name` is none of them. */
static bool
system_take(struct json_file *f, const char *name, const json_t *json)
{
	struct row *row = &f->row;
	bool state = strcmp(name, "state") == 0;
	bool organisation = strcmp(name, "organisation") == 0;
	struct str text = {0};

	if (!state && !organisation && strcmp(name, "feed") != 0)
		return false;
	if (!json_is_string(json) && !json_is_null(json)) {
		refuse(f, name, "it must be a text");
		return true;
	}
	if (json_is_string(json))
		text = str_trim(json_str(json));
	if (state) {
		row->given[row->reg->field_count] = 1;
		if (text.len > 0)
			row->values[row->reg->field_count] =
				(struct value){.kind = VALUE_TEXT, .text = text};
	} else if (text.len > 0 && organisation) {
		row->organisation = text;
	} else if (text.len > 0) {
		row->feed = text;
	}
	return true;
}

static void
member_take(struct json_file *f, const char *name, const json_t *json)
{
	const struct reg *reg = f->row.reg;
	const struct field *field = reg_field(reg, str_of(name));
	struct err e = {0};
	size_t i;

	if (strcmp(name, "key") == 0 || strcmp(name, "register") == 0 || system_take(f, name, json))
		return;
	if (!field) {
		refuse_name(f, name);
		return;
	}
	i = (size_t)(field - reg->fields);
	f->row.given[i] = 1;
	if (value_from_json(field, json, &f->im->row_arena, &f->row.values[i], &e))
		refuse(f, name, reg->restricted ? field_rule(field) : e.message);
}

/* The register that the row names, else the file's; NULL after it was rejected. */
static enum err_code
reg_find(struct json_file *f, const json_t *json, const struct reg **ret_reg)
{
	struct import *im = f->im;
	const json_t *name = json_object_get(json, "register");
	const struct reg *reg = im->files[f->number].in->reg;
	const char *near;
	struct err e;

	*ret_reg = NULL;
	if (name && json_is_string(name))
		reg = model_reg(im->ctx->model, json_str(name));
	else if (name || !reg)
		return row_lost(im, &f->row, "register", "the row does not name its register");
	if (!reg) {
		near = model_nearest_reg(im->ctx->model, json_str(name));
		(void)err_set(&e, ERR_INVALID, "", "there is no register '%.60s'%s%s%s",
			      json_string_value(name), near ? "; did you mean '" : "",
			      near ? near : "", near ? "'?" : "");
		return row_lost(im, &f->row, "register", e.message);
	}
	f->row.reg = reg;
	if (reg->kernel)
		return row_lost(im, &f->row, "register",
				"only Holdfast itself writes this register");
	*ret_reg = reg;
	return ERR_NONE;
}

static enum err_code
row_take(struct json_file *f, const json_t *json)
{
	struct import *im = f->im;
	const json_t *key = json_object_get(json, "key");
	struct row lost = f->row;
	const struct reg *reg;
	struct str text = {0};
	/* jansson asks for an object that may be changed, to walk through it. */
	json_t *object = (json_t *)(uintptr_t)json;
	enum err_code rc = reg_find(f, json, &reg);

	if (!rc && reg)
		rc = reg_ready(im, reg);
	if (rc || !reg)
		return rc;
	row_begin(im, reg, &f->row);
	f->row.file = lost.file;
	f->row.line = lost.line;
	f->row.feed = lost.feed;
	if (json_is_string(key))
		text = str_trim(json_str(key));
	if (text.len == 0 || text.len > LIMIT_KEY_BYTES)
		return row_lost(im, &f->row, "key",
				!key		? "the row has no key"
				: text.len == 0 ? "the key must be a text, and not empty"
						: "the key is too long");
	f->row.key = text;
	for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
		member_take(f, json_object_iter_key(at), json_object_iter_value(at));
	return stage_add(im, &f->row);
}

/* What jansson adds about the place is a piece of the line, which may be nobody's business. */
static void
quote_cut(char *message)
{
	char *near = strstr(message, " near ");

	if (near)
		*near = '\0';
}

static enum err_code
line_take(struct json_file *f, struct str line)
{
	struct import *im = f->im;
	json_t *json = NULL;
	struct err bad;
	bool first = !f->any;
	enum err_code rc = json_read(line, &json, &bad);

	f->any = true;
	if (!rc && json_is_object(json) && json_object_get(json, "holdfast")) {
		if (first)
			rc = head_take(f, json);
		else
			rc = err_set(&im->ctx->err, ERR_INVALID, "",
				     "the head of a delivery must be the first line of its file");
		if (rc)
			err_at(&im->ctx->err, im->files[f->number].in->name, f->lines.line, 0);
		json_decref(json);
		return rc;
	}
	arena_reset(&im->row_arena);
	row_count(im);
	f->row = (struct row){.file = f->number,
			      .line = f->lines.line,
			      .reg = im->files[f->number].in->reg,
			      .feed = im->files[f->number].feed};
	if (rc)
		quote_cut(bad.message);
	if (rc || !json_is_object(json))
		rc = row_lost(im, &f->row, "", rc ? bad.message : "the line is no JSON object");
	else
		rc = row_take(f, json);
	json_decref(json);
	return rc;
}

static enum err_code
lines_read(struct json_file *f)
{
	struct import *im = f->im;
	struct str line;
	bool whole = true;
	enum err_code rc = ERR_NONE;

	while (!(rc = line_next(&f->lines, &line, &whole, &im->ctx->err)) && line.ptr) {
		if (f->lines.line == 1 && line.len >= 3 && memcmp(line.ptr, "\xef\xbb\xbf", 3) == 0)
			line = (struct str){line.ptr + 3, line.len - 3};
		if (!whole) {
			arena_reset(&im->row_arena);
			row_count(im);
			f->row = (struct row){.file = f->number,
					      .line = f->lines.line,
					      .reg = im->files[f->number].in->reg,
					      .feed = im->files[f->number].feed};
			rc = row_lost(im, &f->row, "", "the line is too long");
		} else if (str_trim(line).len > 0) {
			rc = line_take(f, line);
		}
		if (rc)
			return rc;
	}
	return rc;
}

enum err_code
json_rows(struct import *im, size_t file, struct byte_source source)
{
	struct json_file f = {.im = im, .number = file, .lines = {.source = source}};
	enum err_code rc;

	f.lines.data = malloc((size_t)LIMIT_ROW_BYTES + 2 * READ_BYTES);
	if (!f.lines.data)
		return err_set(&im->ctx->err, ERR_INTERNAL, "", "no memory to read JSON");
	rc = lines_read(&f);
	free(f.lines.data);
	return rc;
}
