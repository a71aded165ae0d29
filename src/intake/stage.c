#include "intake/import_priv.h"

#include "base/limits.h"

#include <string.h>

enum { PARTS_MAX = 10000, PROGRESS_ROWS = 10000 };

/* Stands before a row's given and values. */
struct stage_head {
	uint32_t file;
	uint32_t rejected;
	int64_t line;
	uint64_t content;
};

struct reg_state *
import_state(struct import *im, const struct reg *r)
{
	return &im->regs[r->index];
}

/* Before the first row of the register is taken. Without the right to write, what is there may
 * still change. */
enum err_code
reg_ready(struct import *im, const struct reg *reg)
{
	struct reg_state *state = import_state(im, reg);

	if (!state->form_known)
		state->form = digest_form(im, reg);
	state->form_known = true;
	return im->early ? number_begin(im, reg) : ERR_NONE;
}

void
row_begin(struct import *im, const struct reg *reg, struct row *ret_row)
{
	struct arena *a = &im->row_arena;

	*ret_row = (struct row){
		.reg = reg,
		.values = arena_alloc(a, (reg->field_count + 1) * sizeof(*ret_row->values)),
		.given = arena_alloc(a, reg->field_count + 1)};
}

/* Register, key, organisation, feed. Organisations come first, as other rows belong to them. */
static void
key_write(struct import *im, const struct row *row)
{
	bool is_organisation = row->reg == im->organisations;
	size_t at = is_organisation ? 0 : row->reg->index + 1;
	struct str organisation = row->organisation.ptr ? row->organisation : im->home;
	char place[2] = {(char)(at >> 8), (char)(at & 0xff)};

	im->key.len = 0;
	buf_add(&im->key, place, sizeof(place));
	buf_add(&im->key, row->key.ptr, row->key.len);
	buf_add(&im->key, "", 1);
	if (!is_organisation)
		buf_add(&im->key, organisation.ptr, organisation.len);
	buf_add(&im->key, "", 1);
	buf_add(&im->key, row->feed.ptr, row->feed.len);
}

enum err_code
stage_add(struct import *im, struct row *row)
{
	struct stage_head head = {.file = (uint32_t)row->file, .line = row->line};
	size_t count = row->reg->field_count + 1;
	struct spool_row out;
	bool taken = false;
	enum err_code rc = ERR_NONE;

	if (row->reg == im->organisations && row->organisation.len > 0 &&
	    !str_eq(row->organisation, row->key) && !row->rejected) {
		row->rejected = true;
		reject(im, row, NULL, "organisation",
		       "an organisation belongs to itself; repeat its key here, or nothing");
	}
	im->bytes.len = 0;
	buf_add(&im->bytes, (const char *)&head, sizeof(head));
	if (!row->rejected) {
		buf_add(&im->bytes, row->given, count);
		values_pack(row->values, count, &im->bytes);
	}
	if (im->bytes.failed)
		return err_set(&im->ctx->err, ERR_INTERNAL, "", "no memory to put a row aside");
	if (!row->rejected && !row->content)
		digest_values(
			im, row,
			(struct str){im->bytes.data + sizeof(head), im->bytes.len - sizeof(head)});
	if (!row->looked)
		rc = early_take(im, row, &taken);
	if (rc || taken)
		return rc;
	head.rejected = row->rejected;
	head.content = row->content;
	memcpy(im->bytes.data, &head, sizeof(head));
	key_write(im, row);
	import_state(im, row->reg)->delivered = true;
	if (im->key.failed)
		return err_set(&im->ctx->err, ERR_INTERNAL, "", "no memory to put a row aside");
	out = (struct spool_row){
		{im->key.data,   im->key.len  },
		     {im->bytes.data, im->bytes.len}
	    };
	return spool_add(im->rows, &out, &im->ctx->err);
}

static struct str
piece(struct str *bytes)
{
	const char *end = memchr(bytes->ptr, '\0', bytes->len);
	struct str text = {bytes->ptr, end ? (size_t)(end - bytes->ptr) : bytes->len};

	bytes->ptr += text.len + (end != NULL);
	bytes->len -= text.len + (end != NULL);
	return text;
}

enum err_code
stage_next(struct import *im, struct staged *ret_staged, bool *ret_found)
{
	struct spool_row in;
	struct stage_head head;
	struct str rest;
	struct row *row = &ret_staged->row;
	size_t at;
	enum err_code rc = ctx_go_on(im->ctx);

	if (!rc)
		rc = spool_next(im->rows, &in, ret_found, &im->ctx->err);
	if (rc || !*ret_found)
		return rc;
	*ret_staged = (struct staged){0};
	at = (size_t)(unsigned char)in.key.ptr[0] << 8 | (unsigned char)in.key.ptr[1];
	row->reg = at ? im->ctx->model->regs[at - 1] : im->organisations;
	rest = (struct str){in.key.ptr + 2, in.key.len - 2};
	row->key = piece(&rest);
	row->organisation = piece(&rest);
	row->feed = rest;
	memcpy(&head, in.bytes.ptr, sizeof(head));
	row->file = head.file;
	row->line = head.line;
	row->content = head.content;
	row->rejected = head.rejected != 0;
	ret_staged->sort_key = in.key;
	ret_staged->payload =
		(struct str){in.bytes.ptr + sizeof(head), in.bytes.len - sizeof(head)};
	return ERR_NONE;
}

enum err_code
stage_unpack(struct import *im, struct staged *st)
{
	struct row *row = &st->row;
	size_t count = row->reg->field_count + 1;
	struct str packed = st->payload;

	row->values = arena_alloc(&im->row_arena, count * sizeof(*row->values));
	row->given = (char *)(uintptr_t)packed.ptr;
	packed.ptr += count;
	packed.len -= count;
	return values_unpack(packed, &im->row_arena, row->values, count, &im->ctx->err);
}

enum err_code
part_get(struct import *im, const struct row *row, int64_t organisation, struct part **ret_part)
{
	size_t count = 0;
	struct part **at = &im->parts;
	struct part *p = im->last_part;

	if (p && p->reg == row->reg && p->file == row->file && p->organisation == organisation &&
	    str_eq(p->feed, row->feed)) {
		*ret_part = p;
		return ERR_NONE;
	}
	for (; (p = *at) != NULL; at = &p->next, count++) {
		if (p->reg == row->reg && p->file == row->file && p->organisation == organisation &&
		    str_eq(p->feed, row->feed))
			break;
	}
	if (!p && count >= PARTS_MAX)
		return err_set(&im->ctx->err, ERR_TOO_BIG, "",
			       "the delivery holds rows of more than %d organisations and sources",
			       PARTS_MAX);
	if (!p) {
		p = *at = arena_alloc(im->ctx->arena, sizeof(*p));
		p->reg = row->reg;
		p->file = row->file;
		p->organisation = organisation;
		p->feed = str_dup(im->ctx->arena, row->feed);
	}
	*ret_part = im->last_part = p;
	return ERR_NONE;
}

void
reject(struct import *im, const struct row *row, const struct part *part, const char *column,
       const char *reason)
{
	struct arena *a = im->ctx->arena;

	if (im->rejection_count >= LIMIT_REJECTIONS_KEPT)
		return;
	im->rejections[im->rejection_count++] = (struct rejection){
		.reg = row->reg,
		.part = part,
		.file = row->file,
		.line = row->line,
		.column = str_z(a, str_of(column)),
		.reason = str_z(a, str_of(reason)),
	};
}

void
row_count(struct import *im)
{
	im->rows_read++;
	if (im->o->progress && im->rows_read % PROGRESS_ROWS == 0)
		im->o->progress(im->o->object, im->rows_read);
}

enum err_code
row_lost(struct import *im, const struct row *row, const char *column, const char *reason)
{
	struct part *part = NULL;
	enum err_code rc = ERR_NONE;

	if (row->reg)
		rc = part_get(im, row, im->o->organisation, &part);
	if (rc)
		return rc;
	im->lost++;
	if (part) {
		part->counts.read++;
		part->counts.rejected++;
	} else {
		im->homeless++;
	}
	reject(im, row, part, column, reason);
	return ERR_NONE;
}

const char *
field_rule(const struct field *f)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_FILE:
		return "the text is too long";
	case FIELD_INT:
		return "it is no whole number, or is too large";
	case FIELD_DECIMAL:
		return "it is no number with at most three decimals, or is too large";
	case FIELD_BOOL:
		return "it is neither true nor false";
	case FIELD_DATE:
		return "it is no date that exists; write it as 2026-03-01";
	case FIELD_DATETIME:
		return "it is no date with a time; write it as 2026-03-01T12:00:00Z";
	case FIELD_ENUM:
		return "it is none of the values of this field";
	case FIELD_WORDS:
		return "it is no list of the values of this field";
	case FIELD_REF:
	case FIELD_REFS:
		return "it is no key, or no list of keys";
	case FIELD_LIST:
		return "it is no list of objects with the names of this field";
	}
	return "";
}
