#include "intake/import_priv.h"

#include "base/civil.h"
#include "base/limits.h"

#include <stdio.h>
#include <string.h>

enum { KEY_HASH = 12, ITEM_BYTES = 64, ESCAPED = 6 };

/* Bytes of the ledger's entry that rejections may take; the rest is for the other fields. */
enum { REJECTIONS_BYTES = LIMIT_ENTRY_BYTES - 8192 };

static struct value
text_value(struct str text)
{
	return (struct value){.kind = VALUE_TEXT, .text = text};
}

static const struct field *
list_of(const struct record *r)
{
	return reg_field(r->reg, str_of("rejections"));
}

/* As many as fit, in the order of the file. */
static void
rejections_set(struct import *im, const struct part *p, struct record *r)
{
	const struct field *f = list_of(r);
	struct value *v = &r->values[f - r->reg->fields];
	size_t room = REJECTIONS_BYTES;

	v->items = arena_alloc(im->ctx->arena,
			       (im->rejection_count + 1) * f->field_count * sizeof(*v->items));
	for (size_t i = 0; i < im->rejection_count && v->count < LIMIT_LIST_ITEMS; i++) {
		const struct rejection *rejected = &im->rejections[i];
		struct value *item = &v->items[v->count * f->field_count];
		size_t size = ITEM_BYTES +
			      ESCAPED * (strlen(rejected->column) + strlen(rejected->reason));

		if (rejected->part != p)
			continue;
		if (size > room)
			break;
		room -= size;
		item[0] = (struct value){.kind = VALUE_INT, .number = rejected->line};
		if (rejected->column[0])
			item[1] = text_value(str_of(rejected->column));
		item[2] = text_value(str_of(rejected->reason));
		v->kind = VALUE_ITEMS;
		v->number = (int64_t)f->field_count;
		v->count++;
	}
}

static void
counts_set(struct record *r, const struct delivery_counts *c)
{
	record_set_int(r, "read", c->read);
	record_set_int(r, "added", c->added);
	record_set_int(r, "changed", c->changed);
	record_set_int(r, "unchanged", c->unchanged);
	record_set_int(r, "withdrawn", c->retired);
	record_set_int(r, "rejected", c->rejected);
}

/* A machine whose clock runs ahead delivers now. */
static struct str
delivered_at(struct import *im, const struct import_file *file)
{
	char *text = arena_alloc(im->ctx->arena, CIVIL_INSTANT_LEN + 1);
	int64_t now = writer_now(im->w);

	civil_format_instant(
		file->collected_at && file->collected_at < now ? file->collected_at : now, text);
	return (struct str){text, CIVIL_INSTANT_LEN};
}

/* Unlike any other: no two transactions have the same time. */
static struct str
receipt_key(struct import *im, const struct part *p, const char *hash)
{
	CLEANUP(buf_fini) struct buf key = {.limit = LIMIT_FIELD_BYTES};
	char stamp[CIVIL_STAMP_LEN + 1];

	civil_format_stamp(writer_now(im->w), stamp);
	buf_addf(&key, "%s/%.*s/%s/%zu-%.*s", p->reg->name,
		 p->feed.len > 60 ? 60 : (int)p->feed.len, p->feed.ptr, stamp, p->file + 1,
		 (int)KEY_HASH, hash);
	return str_dup(im->ctx->arena, (struct str){key.data, key.len});
}

static enum err_code
receipt_write(struct import *im, struct part *p)
{
	const struct reg *reg = model_reg(im->ctx->model, str_of("delivery"));
	const struct import_file *file = &im->files[p->file];
	char *hash = arena_alloc(im->ctx->arena, HASH_HEX_LEN + 1);
	struct record r;
	enum written written;
	enum err_code rc;

	hash_hex(&file->hash, hash);
	r = record_blank(reg, receipt_key(im, p, hash), p->organisation, im->ctx->arena);
	record_set_text(&r, "register_name", str_of(p->reg->name));
	record_set_text(&r, "source", p->feed);
	record_set_text(&r, "file", str_of(file->in->name));
	record_set_text(&r, "sha256", str_of(hash));
	record_set_int(&r, "complete", p->complete);
	record_set_text(&r, "delivered_at", delivered_at(im, file));
	counts_set(&r, &p->counts);
	rejections_set(im, p, &r);
	rc = writer_new_id(im->w, reg, &r.id);
	if (!rc)
		rc = writer_put(im->w, &r, &written);
	if (!rc)
		p->delivery = r.id;
	return rc;
}

enum err_code
receipts_write(struct import *im)
{
	const struct who *who = im->ctx->who;
	enum err_code rc = ERR_NONE;

	/* That something was delivered is Holdfast's own record. */
	im->ctx->who = NULL;
	for (struct part *p = im->parts; !rc && p; p = p->next)
		rc = receipt_write(im, p);
	im->ctx->who = who;
	return rc;
}
