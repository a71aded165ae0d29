#include "intake/import_priv.h"

#include "base/limits.h"

#include <string.h>

enum { DIGEST_BITS = 53 };

/* So that a digest of cells never equals one of values that were read. */
enum content { CONTENT_CELLS = 1, CONTENT_VALUES };

static void
text_write(struct buf *out, const char *text)
{
	buf_add(out, text, strlen(text) + 1);
}

static void
words_write(struct buf *out, const struct words *w)
{
	for (size_t i = 0; i < w->count; i++)
		text_write(out, w->words[i]);
	text_write(out, "");
}

static void
fields_write(struct buf *out, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];
		const char kind[] = {(char)f->type, (char)f->required};

		text_write(out, f->name);
		buf_add(out, kind, sizeof(kind));
		words_write(out, &f->words);
		for (size_t k = 0; k < f->target_count; k++)
			text_write(out, f->targets[k]->name);
		text_write(out, "");
		fields_write(out, f->fields, f->field_count);
		text_write(out, "");
	}
}

/* Of what the register takes: once that is changed, no row is known for unchanged. */
struct hash
digest_form(struct import *im, const struct reg *r)
{
	CLEANUP(buf_fini) struct buf out = {.limit = (size_t)LIMIT_ROW_BYTES};

	words_write(&out, &r->states);
	fields_write(&out, r->fields, r->field_count);
	return hash_of(im->ctx->hasher, out.data, out.len);
}

static uint64_t
content_of(struct import *im, const struct row *row, enum content kind, struct str bytes)
{
	struct hasher *h = im->ctx->hasher;
	const struct hash *form = &import_state(im, row->reg)->form;
	const char mark = (char)kind;
	struct hash hash;
	uint64_t number;

	hasher_begin(h);
	hasher_add(h, form->bytes, HASH_SIZE);
	hasher_add(h, &mark, 1);
	hasher_add(h, bytes.ptr, bytes.len);
	hash = hasher_end(h);
	memcpy(&number, hash.bytes, sizeof(number));
	return number ? number : 1;
}

void
digest_cells(struct import *im, struct row *row, struct str cells)
{
	row->content = content_of(im, row, CONTENT_CELLS, cells);
}

void
digest_values(struct import *im, struct row *row, struct str packed)
{
	row->content = content_of(im, row, CONTENT_VALUES, packed);
}

/* Each number changes every bit of the result. */
static uint64_t
mixed(uint64_t h, int64_t number)
{
	h = (h ^ (uint64_t)number) * 0xff51afd7ed558ccdU;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53U;
	return h ^ h >> 33;
}

static uint64_t
mixed_all(uint64_t h, const struct value *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (values[i].kind == VALUE_INT)
			h = mixed(h, values[i].number);
	}
	return h;
}

int64_t
digest_of(const struct row *row, const struct value *values)
{
	uint64_t h = row->content;

	if (row->reg->restricted || !h)
		return 0;
	for (size_t i = 0; i < row->reg->field_count; i++) {
		const struct value *v = &values[i];
		enum field_type type = row->reg->fields[i].type;

		if (type == FIELD_REF)
			h = mixed_all(h, v, 1);
		else if (type == FIELD_REFS || type == FIELD_LIST)
			h = mixed_all(h, v->items, v->count * (size_t)v->number);
	}
	h &= ((uint64_t)1 << DIGEST_BITS) - 1;
	return h ? (int64_t)h : 1;
}
