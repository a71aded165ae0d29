#include "record/record.h"

#include "base/limits.h"

#include <string.h>

static void
member(struct buf *out, const char *name)
{
	buf_addf(out, "%s\"%s\":", out->len && out->data[out->len - 1] != '{' ? "," : "", name);
}

static void
item_write(const struct value *v, struct buf *out)
{
	switch (v->kind) {
	case VALUE_INT:
		buf_addf(out, "%lld", (long long)v->number);
		break;
	case VALUE_TEXT:
	case VALUE_KEY:
		json_escape(out, v->text);
		break;
	case VALUE_NULL:
	case VALUE_ITEMS:
		buf_addf(out, "null");
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
	buf_addf(out, "\"sha256:%s\"", hex);
}

static void
fields_write(struct ctx *ctx, const struct record *r, struct buf *out)
{
	for (size_t i = 0; i < r->reg->field_count; i++) {
		const struct field *f = &r->reg->fields[r->reg->sorted[i]];
		const struct value *v = &r->values[r->reg->sorted[i]];

		if (v->kind == VALUE_NULL || (v->kind == VALUE_ITEMS && v->count == 0))
			continue;
		member(out, f->name);
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

	buf_add(out, "{", 1);
	member(out, "by");
	json_escape(out, actor);
	if (r->delivered) {
		member(out, "delivered");
		buf_addf(out, "%lld", (long long)r->delivered);
	}
	member(out, "feed");
	json_escape(out, r->feed);
	member(out, "fields");
	buf_add(out, "{", 1);
	fields_write(ctx, r, out);
	buf_add(out, "}", 1);
	member(out, "id");
	buf_addf(out, "%lld", (long long)r->id);
	member(out, "key");
	json_escape(out, r->key);
	member(out, "organisation");
	buf_addf(out, "%lld", (long long)r->organisation);
	member(out, "recorded_from");
	buf_addf(out, "%lld", (long long)r->recorded_from);
	member(out, "register");
	json_escape(out, str_of(r->reg->name));
	if (r->retired) {
		member(out, "retired");
		buf_addf(out, "true");
	}
	member(out, "row_version");
	buf_addf(out, "%lld", (long long)r->version);
	if (r->state.ptr) {
		member(out, "state");
		json_escape(out, r->state);
	}
	buf_add(out, "}", 1);
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
	buf_addf(out, "{\"at\":%lld,\"by\":", (long long)ev->at);
	json_escape(out, ev->actor);
	buf_addf(out, ",\"detail\":%.*s,\"event\":", STR_ARG(ev->detail));
	json_escape(out, ev->kind);
	buf_addf(out, ",\"id\":%lld}", (long long)ev->id);
}
