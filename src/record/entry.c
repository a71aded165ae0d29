#include "record/record.h"

#include "base/limits.h"

#include <string.h>

/* Entries are made a million at a time, which is no work for printf. */
static void
int_write(struct buf *out, int64_t value)
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		buf_add(out, "-", 1);
	buf_add(out, digits + at, sizeof(digits) - at);
}

/* A literal; its length is known to the compiler. */
#define LITERAL_WRITE(out, text) buf_add(out, text, sizeof(text) - 1)

static void
item_write(const struct value *v, struct buf *out)
{
	switch (v->kind) {
	case VALUE_INT:
		int_write(out, v->number);
		break;
	case VALUE_TEXT:
	case VALUE_KEY:
		json_escape(out, v->text);
		break;
	case VALUE_NULL:
	case VALUE_ITEMS:
		LITERAL_WRITE(out, "null");
		break;
	}
}

/* Sub-fields of a list stand as an array in the register's order: names would have to be sorted in
 * every row. */
static void
items_write(const struct value *v, struct buf *out)
{
	size_t width = (size_t)v->number;

	buf_add(out, "[", 1);
	for (size_t i = 0; i < v->count; i++) {
		if (i)
			buf_add(out, ",", 1);
		if (width > 1)
			buf_add(out, "[", 1);
		for (size_t k = 0; k < width; k++) {
			if (k)
				buf_add(out, ",", 1);
			item_write(&v->items[i * width + k], out);
		}
		if (width > 1)
			buf_add(out, "]", 1);
	}
	buf_add(out, "]", 1);
}

static void
plain_write(const struct value *v, struct buf *out)
{
	if (v->kind == VALUE_ITEMS)
		items_write(v, out);
	else
		item_write(v, out);
}

static void
salted_write(struct ctx *ctx, const struct record *r, const struct value *v, struct buf *out)
{
	CLEANUP(buf_fini) struct buf plain = {.limit = LIMIT_ENTRY_BYTES};
	char hex[HASH_HEX_LEN + 1];
	struct hash hash;

	plain_write(v, &plain);
	out->failed = out->failed || plain.failed;
	if (out->failed)
		return;
	hasher_begin(ctx->hasher);
	hasher_add(ctx->hasher, r->salt.ptr, r->salt.len);
	hasher_add(ctx->hasher, plain.data, plain.len);
	hash = hasher_end(ctx->hasher);
	hash_hex(&hash, hex);
	LITERAL_WRITE(out, "\"sha256:");
	buf_add(out, hex, HASH_HEX_LEN);
	buf_add(out, "\"", 1);
}

static void
fields_write(struct ctx *ctx, const struct record *r, struct buf *out)
{
	size_t comma = 1;

	for (size_t i = 0; i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[r->reg->sorted[i]];
		const struct value *v = &r->values[r->reg->sorted[i]];

		if (v->kind == VALUE_NULL || (v->kind == VALUE_ITEMS && v->count == 0))
			continue;
		buf_add(out, f->member.ptr + comma, f->member.len - comma);
		comma = 0;
		if (r->reg->restricted)
			salted_write(ctx, r, v, out);
		else
			plain_write(v, out);
	}
}

enum err_code
record_entry(struct ctx *ctx, const struct record *r, struct str actor, struct buf *out)
{
	size_t start = out->len;

	LITERAL_WRITE(out, "{\"by\":");
	json_escape(out, actor);
	if (r->delivered) {
		LITERAL_WRITE(out, ",\"delivered\":");
		int_write(out, r->delivered);
	}
	LITERAL_WRITE(out, ",\"feed\":");
	json_escape(out, r->feed);
	LITERAL_WRITE(out, ",\"fields\":{");
	fields_write(ctx, r, out);
	LITERAL_WRITE(out, "},\"id\":");
	int_write(out, r->id);
	LITERAL_WRITE(out, ",\"key\":");
	json_escape(out, r->key);
	LITERAL_WRITE(out, ",\"organisation\":");
	int_write(out, r->organisation);
	LITERAL_WRITE(out, ",\"recorded_from\":");
	int_write(out, r->recorded_from);
	LITERAL_WRITE(out, ",\"register\":");
	json_escape(out, str_of(r->reg->name));
	if (r->retired)
		LITERAL_WRITE(out, ",\"retired\":true");
	LITERAL_WRITE(out, ",\"row_version\":");
	int_write(out, r->version);
	if (r->state.ptr) {
		LITERAL_WRITE(out, ",\"state\":");
		json_escape(out, r->state);
	}
	LITERAL_WRITE(out, "}");
	if (out->failed || out->len - start > LIMIT_ENTRY_BYTES)
		return err_set(
			&ctx->err, ERR_TOO_BIG, "",
			"the record is longer than %d bytes altogether; shorten its texts or lists",
			LIMIT_ENTRY_BYTES);
	return ERR_NONE;
}

void
event_entry(const struct event *ev, struct buf *out)
{
	LITERAL_WRITE(out, "{\"at\":");
	int_write(out, ev->at);
	LITERAL_WRITE(out, ",\"by\":");
	json_escape(out, ev->actor);
	LITERAL_WRITE(out, ",\"detail\":");
	buf_add(out, ev->detail.ptr, ev->detail.len);
	LITERAL_WRITE(out, ",\"event\":");
	json_escape(out, ev->kind);
	LITERAL_WRITE(out, ",\"id\":");
	int_write(out, ev->id);
	LITERAL_WRITE(out, "}");
}
