#include "intake/import_priv.h"

#include "model/sql.h"
#include "store/find.h"

#include <string.h>

/* What stands in `numbers` for each row of a referable register. */
struct numbered {
	int64_t organisation;
	int64_t id;
	int64_t delivered;
	int64_t exists;
	int64_t rejected;
};

static enum err_code
any_row(struct import *im, const struct reg *r, bool retired, bool *ret_any)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct db_find f = {.sql = NULL};

	if (retired)
		sql_select(r->history, "where t.retired = 1 limit 1", &sql);
	else
		sql_from(r, "t.id", "limit 1", &sql);
	f.sql = sql.data;
	return db_find_any(im->ctx->db, &f, ret_any, &im->ctx->err);
}

/* Where the organisation's key is kept; NULL when it is too long for that. */
static struct known_home *
home_place(struct import *im, struct str key)
{
	size_t h = key.len;

	for (size_t i = 0; i < key.len; i++)
		h = h * 31 + (unsigned char)key.ptr[i];
	return key.len <= sizeof(im->homes[0].key) ? &im->homes[h % HOMES] : NULL;
}

static void
home_keep(struct known_home *place, struct str key, int64_t id)
{
	if (!place || !id)
		return;
	memcpy(place->key, key.ptr, key.len);
	place->len = key.len;
	place->id = id;
}

/* Organisations that are there, or that the delivery brings. *ret_id 0 when there is none. */
enum err_code
organisation_of(struct import *im, const struct row *row, int64_t *ret_id)
{
	struct db_stmt *s = im->find_organisation;
	struct db_stmt *p;
	struct reg_state *state = import_state(im, im->organisations);
	struct known_home *known = home_place(im, row->organisation);
	enum err_code rc;
	bool found;

	*ret_id = 0;
	if (str_eq(row->organisation, im->home))
		*ret_id = im->o->organisation;
	else if (known && str_eq(row->organisation, (struct str){known->key, known->len}))
		*ret_id = known->id;
	if (*ret_id)
		return ERR_NONE;
	db_bind_text(s, 1, row->organisation);
	rc = db_step(s, &found, &im->ctx->err);
	if (!rc && found)
		*ret_id = db_int(s, 0);
	db_reset(s);
	if (!rc && !found && (state->first_new || state->revived)) {
		rc = tables_statement(im, PENDING_FIND, &p);
		if (rc)
			return rc;
		db_bind_int(p, 1, im->organisations->code);
		db_bind_text(p, 2, row->organisation);
		rc = db_step(p, &found, &im->ctx->err);
		if (!rc && found)
			*ret_id = db_int(p, 0);
		db_reset(p);
	}
	home_keep(known, row->organisation, *ret_id);
	return rc;
}

/* Each key comes once. Of organisations the key alone counts, whatever the feed. */
static bool
comes_again(struct import *im, const struct staged *st)
{
	struct str last = {im->last_key.data, im->last_key.len};
	struct str this = st->sort_key;
	bool again;

	if (st->row.reg == im->organisations) {
		this.len = 2 + st->row.key.len + 1;
		last.len = last.len < this.len ? last.len : this.len;
	}
	again = str_eq(last, this);
	if (!again) {
		im->last_key.len = 0;
		buf_add(&im->last_key, st->sort_key.ptr, st->sort_key.len);
		im->last_file = st->row.file;
		im->last_line = st->row.line;
	}
	return again;
}

static void
refuse(struct import *im, struct staged *st, const char *column, const char *reason)
{
	if (!st->row.rejected)
		reject(im, &st->row, st->part, column, reason);
	st->row.rejected = true;
}

static void
refuse_again(struct import *im, struct staged *st)
{
	struct err e;

	if (im->last_file == st->row.file)
		(void)err_set(&e, ERR_INVALID, "", "the key is already in line %ld", im->last_line);
	else
		(void)err_set(&e, ERR_INVALID, "", "the key is already in %s, line %ld",
			      im->files[im->last_file].in->name, im->last_line);
	refuse(im, st, "key", e.message);
}

static void
refuse_organisation(struct import *im, struct staged *st)
{
	struct err e;

	(void)err_set(&e, ERR_INVALID, "", "there is no organisation '%.*s'",
		      st->row.organisation.len > 60 ? 60 : (int)st->row.organisation.len,
		      st->row.organisation.ptr);
	refuse(im, st, "organisation", e.message);
}

/* The list of organisations itself is the matter of whoever delivers it. */
static enum err_code
part_of(struct import *im, struct staged *st)
{
	bool given = st->organisation && st->row.reg != im->organisations && !st->row.rejected;

	return part_get(im, &st->row, given ? st->organisation : im->o->organisation, &st->part);
}

enum err_code
record_find(struct import *im, struct staged *st)
{
	struct reg_state *state = import_state(im, st->row.reg);
	struct record r = {.reg = st->row.reg,
			   .key = st->row.key,
			   .organisation = st->organisation,
			   .feed = st->row.feed};
	enum err_code rc;

	if (state->empty && state->none_retired)
		return ERR_NONE;
	rc = writer_find(im->w, &r, &st->id, &st->delivered);
	st->exists = !rc && st->id && st->delivered != WRITER_RETIRED;
	return rc;
}

/* Into one of the tables of numbers. */
static enum err_code
id_add(struct import *im, enum statement which, int64_t id)
{
	struct db_stmt *s;
	enum err_code rc = tables_statement(im, which, &s);

	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	return db_run(s, &im->ctx->err);
}

/* A new record's number, or that of one that was retired; rows may refer to it already. */
static enum err_code
fresh_add(struct import *im, struct staged *st)
{
	struct reg_state *state = import_state(im, st->row.reg);
	struct db_stmt *s;
	bool revived = st->id != 0;
	enum err_code rc = ERR_NONE;

	if (!revived)
		rc = writer_new_id(im->w, st->row.reg, &st->id);
	if (rc)
		return rc;
	if (!revived && !state->first_new)
		state->first_new = st->id;
	if (st->row.reg == im->organisations)
		st->organisation = st->id;
	if (!state->referable)
		return ERR_NONE;
	rc = tables_statement(im, PENDING_ADD, &s);
	if (rc)
		return rc;
	db_bind_int(s, 1, st->row.reg->code);
	db_bind_text(s, 2, st->row.key);
	db_bind_int(s, 3, st->id);
	db_bind_int(s, 4, st->organisation);
	db_bind_text(s, 5, st->row.feed);
	rc = db_run(s, &im->ctx->err);
	if (rc || !revived)
		return rc;
	state->revived++;
	return id_add(im, REVIVED_ADD, st->id);
}

enum err_code
is_fresh(struct import *im, int64_t id, bool *ret_fresh)
{
	const struct reg *r = model_reg_of_id(im->ctx->model, id);
	struct reg_state *state = r ? import_state(im, r) : NULL;
	struct db_stmt *s;
	enum err_code rc;

	*ret_fresh = state && state->first_new && id >= state->first_new;
	if (*ret_fresh || !state || !state->revived)
		return ERR_NONE;
	rc = tables_statement(im, REVIVED_FIND, &s);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = db_step(s, ret_fresh, &im->ctx->err);
	db_reset(s);
	return rc;
}

/* Which record a row is about. */
enum err_code
number_row(struct import *im, struct staged *st)
{
	struct row *row = &st->row;
	bool is_organisation = row->reg == im->organisations;
	enum err_code rc = ERR_NONE;

	enum err_code denied = ERR_NONE;

	if (!is_organisation)
		rc = organisation_of(im, row, &st->organisation);
	if (!rc && st->organisation)
		denied = import_refusal(im, row->reg, st->organisation);
	if (denied)
		st->organisation = 0;
	if (!rc)
		rc = part_of(im, st);
	if (rc)
		return rc;
	st->part->counts.read++;
	/* An organisation that he may not see is not there. */
	if (denied && denied != ERR_MISSING) {
		refuse(im, st, "organisation", im->ctx->err.message);
		return ERR_NONE;
	}
	if (comes_again(im, st)) {
		refuse_again(im, st);
		return ERR_NONE;
	}
	if (!is_organisation && !st->organisation) {
		refuse_organisation(im, st);
		return ERR_NONE;
	}
	rc = record_find(im, st);
	/* One that he may not see and one that he may not add are refused alike. */
	if (!rc && is_organisation && import_refusal(im, row->reg, st->exists ? st->id : 0)) {
		st->id = 0;
		st->exists = false;
		refuse(im, st, "", im->ctx->err.message);
		return ERR_NONE;
	}
	if (!rc && st->exists && early_took(im, row->reg, st->id, &im->last_file, &im->last_line)) {
		st->id = 0;
		st->exists = false;
		refuse_again(im, st);
		return ERR_NONE;
	}
	if (!rc && st->id && im->o->full)
		rc = id_add(im, SEEN_ADD, st->id);
	if (!rc && !st->exists && !row->rejected)
		rc = fresh_add(im, st);
	if (is_organisation && st->exists)
		st->organisation = st->id;
	return rc;
}

/* Before the rows of a register come by. */
enum err_code
number_begin(struct import *im, const struct reg *r)
{
	struct reg_state *state = import_state(im, r);
	bool any = false;
	enum err_code rc;

	if (state->begun)
		return ERR_NONE;
	rc = any_row(im, r, false, &any);
	state->empty = !any;
	if (!rc)
		rc = any_row(im, r, true, &any);
	state->none_retired = !any;
	state->begun = true;
	early_begin(im, r);
	return rc;
}

/* Numbers all rows of referable registers, so that others can be resolved to them. */
enum err_code
number_all(struct import *im)
{
	struct staged st;
	bool found;
	enum err_code rc = spool_rewind(im->rows, &im->ctx->err);

	while (!rc && !(rc = stage_next(im, &st, &found)) && found) {
		struct numbered n;
		struct spool_row out = {
			.bytes = {(const char *)&n, sizeof(n)}
		      };

		if (!import_state(im, st.row.reg)->referable)
			continue;
		rc = number_row(im, &st);
		if (rc)
			return rc;
		n = (struct numbered){st.organisation, st.id, st.delivered, st.exists,
				      st.row.rejected};
		rc = spool_add(im->numbers, &out, &im->ctx->err);
	}
	return rc ? rc : spool_rewind(im->numbers, &im->ctx->err);
}

/* What number_all found, for the same rows in the same order. */
enum err_code
number_again(struct import *im, struct staged *st)
{
	struct spool_row in;
	struct numbered n;
	bool found;
	enum err_code rc = spool_next(im->numbers, &in, &found, &im->ctx->err);

	if (rc)
		return rc;
	if (!found || in.bytes.len != sizeof(n))
		return err_set(&im->ctx->err, ERR_INTERNAL, "", "a staged row is gone");
	memcpy(&n, in.bytes.ptr, sizeof(n));
	st->organisation = n.organisation;
	st->id = n.id;
	st->delivered = n.delivered;
	st->exists = n.exists != 0;
	st->row.rejected = n.rejected != 0;
	return part_of(im, st);
}
