#include "intake/import_priv.h"

#include "base/limits.h"

#include <string.h>

/* A record of which so much is short enough for the ledger however it is written. */
enum { WORST_ESCAPE = 6, FIELD_OVERHEAD = 160, ENTRY_OVERHEAD = 2048 };

/* Stands before a settled row's values. */
struct settled_head {
	const struct reg *reg;
	struct part *part;
	int64_t id;
	int64_t organisation;
	int64_t delivered;
	int64_t line;
	size_t file;
	bool exists;
};

/* Behind the fields' values. */
enum { SETTLED_STATE, SETTLED_KEY, SETTLED_FEED, SETTLED_TEXTS };

static void
settle_reject(struct import *im, struct staged *st, const struct err *e)
{
	const struct field *f = reg_field(st->row.reg, str_of(e->field));
	bool secret = st->row.reg->restricted && !f && strcmp(e->field, "state") == 0;

	st->row.rejected = true;
	reject(im, &st->row, st->part, e->field,
	       secret ? "it is no state of this register" : e->message);
}

/* What the row does not give stays as it is. An organisation stays in the feed that it came by. */
static enum err_code
fill(struct import *im, struct staged *st, struct record *r)
{
	size_t count = r->reg->field_count;
	bool whole = !memchr(st->row.given, 0, count + 1);
	struct record present;
	enum err_code rc;

	if (!st->exists || (whole && r->reg != im->organisations))
		return ERR_NONE;
	rc = writer_load(im->w, r->reg, st->id, &im->row_arena, &present);
	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (!st->row.given[i])
			r->values[i] = present.values[i];
	}
	if (!st->row.given[count])
		r->state = present.state;
	if (r->reg == im->organisations)
		r->feed = present.feed;
	return ERR_NONE;
}

/* Most records are far too short to be looked at closely. */
static enum err_code
entry_fits(struct import *im, const struct staged *st, struct record *r)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_ROW_BYTES};
	static const char salt[16] = "";
	size_t most = ENTRY_OVERHEAD + FIELD_OVERHEAD * r->reg->field_count;
	size_t bytes = st->payload.len + r->key.len + r->feed.len;

	if ((!st->exists || !memchr(st->row.given, 0, r->reg->field_count + 1)) &&
	    bytes < (LIMIT_ENTRY_BYTES - most) / WORST_ESCAPE)
		return ERR_NONE;
	r->salt = (struct str){salt, sizeof(salt)};
	r->version = INT64_MAX;
	r->recorded_from = INT64_MAX;
	return record_entry(im->ctx, r, im->ctx->actor, &out);
}

static bool
fault_of_row(enum err_code rc, const struct err *e)
{
	return (rc == ERR_INVALID && e->field[0]) || rc == ERR_TOO_BIG || rc == ERR_DENIED ||
	       rc == ERR_MISSING;
}

static enum err_code
check(struct import *im, struct staged *st, struct record *r, enum settled *ret_settled)
{
	struct err *e = &im->ctx->err;
	enum err_code rc = resolve_record(im->rs, r);

	if (rc)
		return rc;
	r->delivered = digest_of(&st->row, r->values);
	if (st->exists && r->delivered && r->delivered == st->delivered) {
		*ret_settled = SETTLED_UNCHANGED;
		return ERR_NONE;
	}
	rc = fill(im, st, r);
	if (!rc)
		rc = record_validate(r, e);
	if (!rc)
		rc = writer_permits(im->w, r);
	if (!rc)
		rc = entry_fits(im, st, r);
	if (!rc)
		*ret_settled = SETTLED_WRITE;
	return rc;
}

enum err_code
settle_row(struct import *im, struct staged *st, struct record *ret_record,
	   enum settled *ret_settled)
{
	const struct reg *reg = st->row.reg;
	struct record r = {.reg = reg,
			   .id = st->id,
			   .organisation = st->organisation,
			   .feed = st->row.feed,
			   .key = st->row.key};
	enum err_code rc;

	*ret_settled = SETTLED_REJECTED;
	if (st->row.rejected) {
		st->part->counts.rejected++;
		return ERR_NONE;
	}
	rc = stage_unpack(im, st);
	if (rc)
		return rc;
	r.values = st->row.values;
	r.state = r.values[reg->field_count].text;
	rc = check(im, st, &r, ret_settled);
	if (rc && fault_of_row(rc, &im->ctx->err)) {
		settle_reject(im, st, &im->ctx->err);
		*ret_settled = SETTLED_REJECTED;
		rc = ERR_NONE;
	}
	if (*ret_settled == SETTLED_REJECTED)
		st->part->counts.rejected++;
	if (*ret_settled == SETTLED_UNCHANGED)
		st->part->counts.unchanged++;
	*ret_record = r;
	return rc;
}

static enum err_code
settled_add(struct import *im, const struct staged *st, const struct record *r)
{
	const struct settled_head head = {.reg = r->reg,
					  .part = st->part,
					  .id = r->id,
					  .organisation = r->organisation,
					  .delivered = r->delivered,
					  .line = st->row.line,
					  .file = st->row.file,
					  .exists = st->exists};
	const struct value texts[SETTLED_TEXTS] = {
		[SETTLED_STATE] = {.kind = r->state.ptr ? VALUE_TEXT : VALUE_NULL,
				   .text = r->state						   },
		[SETTLED_KEY] = {.kind = VALUE_TEXT,			     .text = r->key },
		[SETTLED_FEED] = {.kind = VALUE_TEXT,			      .text = r->feed},
	};
	struct spool_row out;

	im->bytes.len = 0;
	buf_add(&im->bytes, (const char *)&head, sizeof(head));
	values_pack(r->values, r->reg->field_count, &im->bytes);
	values_pack(texts, SETTLED_TEXTS, &im->bytes);
	if (im->bytes.failed)
		return err_set(&im->ctx->err, ERR_INTERNAL, "", "no memory to put a row aside");
	out = (struct spool_row){
		.bytes = {im->bytes.data, im->bytes.len}
	};
	return spool_add(im->settled, &out, &im->ctx->err);
}

enum err_code
settled_next(struct import *im, struct staged *ret_staged, struct record *ret_record,
	     bool *ret_found)
{
	struct settled_head head;
	struct spool_row in;
	struct value *values;
	size_t count;
	enum err_code rc;

	arena_reset(&im->row_arena);
	rc = ctx_go_on(im->ctx);
	if (!rc)
		rc = spool_next(im->settled, &in, ret_found, &im->ctx->err);
	if (rc || !*ret_found)
		return rc;
	memcpy(&head, in.bytes.ptr, sizeof(head));
	in.bytes.ptr += sizeof(head);
	in.bytes.len -= sizeof(head);
	count = head.reg->field_count;
	values = arena_alloc(&im->row_arena, (count + SETTLED_TEXTS) * sizeof(*values));
	rc = values_unpack(in.bytes, &im->row_arena, values, count + SETTLED_TEXTS, &im->ctx->err);
	if (rc)
		return rc;
	*ret_record = (struct record){.reg = head.reg,
				      .id = head.id,
				      .organisation = head.organisation,
				      .delivered = head.delivered,
				      .state = values[count + SETTLED_STATE].text,
				      .key = values[count + SETTLED_KEY].text,
				      .feed = values[count + SETTLED_FEED].text,
				      .values = values};
	*ret_staged = (struct staged){
		.row = {.reg = head.reg, .file = head.file, .line = (long)head.line},
		.organisation = head.organisation,
		.id = head.id,
		.exists = head.exists,
		.part = head.part,
	};
	return ERR_NONE;
}

/* A record that is rejected before it was ever current takes with it what refers to it. */
enum err_code
settle_all(struct import *im)
{
	struct staged st;
	struct record r;
	enum settled settled;
	bool found;
	enum err_code rc = spool_rewind(im->rows, &im->ctx->err);

	while (!rc && !(rc = stage_next(im, &st, &found)) && found) {
		if (!import_state(im, st.row.reg)->referable)
			continue;
		arena_reset(&im->row_arena);
		rc = number_again(im, &st);
		if (!rc)
			rc = settle_row(im, &st, &r, &settled);
		if (rc)
			return rc;
		if (settled == SETTLED_WRITE)
			rc = settled_add(im, &st, &r);
		else if (settled == SETTLED_REJECTED && st.id && !st.exists)
			rc = drop(im, &st, "", "");
	}
	return rc ? rc : spool_rewind(im->settled, &im->ctx->err);
}
