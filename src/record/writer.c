#include "record/writer_priv.h"

#include "base/limits.h"
#include "ledger/ledger.h"
#include "model/sql.h"
#include "sys/random.h"

#include <stdlib.h>
#include <string.h>

/* After so many records in one transaction the engine looks anew at how values are spread. */
enum { SALT_SIZE = 16, LEARN_AFTER = 1000 };

/* Time never runs backwards in the ledger, whatever the clock does. */
static enum err_code
time_take(struct writer *w)
{
	struct db_stmt *s = w->kept->last_time;
	bool row;
	enum err_code rc = db_step(s, &row, &w->ctx->err);

	if (rc)
		return rc;
	w->now = clock_now(&w->ctx->clock);
	if (row && db_int(s, 0) >= w->now)
		w->now = db_int(s, 0) + 1;
	db_reset(s);
	return ERR_NONE;
}

static enum err_code
actor_find(struct writer *w)
{
	struct ctx *ctx = w->ctx;
	enum err_code rc = ERR_NONE;

	for (int tries = 0; !rc && !ctx->actor_id && tries < 2; tries++) {
		DB_STMT *find = NULL;
		DB_STMT *add = NULL;
		bool row;

		rc = db_prepare(ctx->db, "select id from actor where name = :name", &find,
				&ctx->err);
		if (rc)
			return rc;
		db_bind_text(find, 1, ctx->actor);
		rc = db_step(find, &row, &ctx->err);
		if (rc)
			return rc;
		if (row) {
			ctx->actor_id = db_int(find, 0);
			return ERR_NONE;
		}
		rc = db_prepare(
			ctx->db,
			"insert into actor (id, name) select coalesce(max(id), 0) + 1, :name "
			"from actor",
			&add, &ctx->err);
		if (rc)
			return rc;
		db_bind_text(add, 1, ctx->actor);
		rc = db_run(add, &ctx->err);
	}
	return rc;
}

enum err_code
writer_act_as(struct writer *w, struct str actor)
{
	if (str_eq(w->ctx->actor, actor))
		return ERR_NONE;
	w->ctx->actor = actor;
	w->ctx->actor_id = 0;
	return actor_find(w);
}

void
writer_takes_delivery(struct writer *w)
{
	w->delivery = true;
}

int64_t
writer_leaves(const struct writer *w)
{
	return w->leaves;
}

bool
writer_torn(const struct writer *w)
{
	return w->torn;
}

bool
writer_unknown(const struct writer *w)
{
	return w->unknown;
}

enum err_code
writer_begin(struct ctx *ctx, struct writer **ret_writer)
{
	struct writer *w = calloc(1, sizeof(*w));
	enum err_code rc;

	if (!w)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for a writer");
	w->ctx = ctx;
	w->memory = LIMIT_ROLL_BYTES;
	arena_init(&w->held.arena, LIMIT_IMPORT_MEMORY_BYTES);
	arena_init(&w->scratch, LIMIT_IMPORT_MEMORY_BYTES);
	buf_init(&w->entry, LIMIT_ROW_BYTES);
	rc = kept_take(w);
	if (!rc)
		rc = db_begin(ctx->db, &w->txn, &ctx->err);
	if (!rc)
		rc = time_take(w);
	if (!rc)
		rc = actor_find(w);
	if (rc) {
		writer_end(w);
		return rc;
	}
	*ret_writer = w;
	return ERR_NONE;
}

void
writer_end(struct writer *w)
{
	if (!w)
		return;
	db_stmt_free(w->insert_event);
	kept_give(w);
	if (!w->txn.committed) {
		w->ctx->actor_id = 0;
		ledger_forget(w->ctx->ledger);
	}
	db_txn_end(&w->txn);
	arena_fini(&w->held.arena);
	arena_fini(&w->scratch);
	buf_fini(&w->entry);
	free(w);
}

void
writer_endp(struct writer **w)
{
	writer_end(*w);
}

enum err_code
step_end(struct writer *w, enum err_code rc)
{
	if (rc && (w->halfway || rc == ERR_FULL || rc == ERR_IO || rc == ERR_BUSY ||
		   rc == ERR_LOST || rc == ERR_INTERNAL))
		w->torn = true;
	w->halfway = false;
	return rc;
}

enum err_code
step_begin(struct writer *w)
{
	if (w->torn)
		return err_set(&w->ctx->err, ERR_INTERNAL, "",
			       "what was written before failed halfway, so none of it is kept");
	return ERR_NONE;
}

/* The connection went while committing. The next transaction begins when this one has ended, one
 * way or the other: then its checkpoint stands, or nothing does. What stands need not have reached
 * the standby yet; a commit after it has waited for both. */
static enum err_code
commit_ask(struct writer *w)
{
	struct ctx *ctx = w->ctx;
	DB_TXN turn = {0};
	bool stands = false;
	enum err_code rc;

	db_txn_end(&w->txn);
	rc = db_begin(ctx->db, &turn, &ctx->err);
	if (!rc)
		rc = ledger_stands(ctx->ledger, &stands, &ctx->err);
	if (!rc && stands)
		rc = db_exec(ctx->db, "update meta set value = value where name = 'store_version'",
			     &ctx->err);
	if (!rc && stands)
		rc = db_commit(&turn, &ctx->err);
	w->unknown = rc != ERR_NONE;
	if (rc)
		return err_set(&ctx->err, ERR_LOST, "",
			       "the connection to the database was lost while it committed; "
			       "whether the change was kept cannot be known until it is back; "
			       "look then before you try again");
	if (!stands)
		return err_set(&ctx->err, ERR_LOST, "",
			       "the connection to the database was lost before it committed; "
			       "nothing was changed; try again");
	w->txn.committed = true;
	return ERR_NONE;
}

enum err_code
writer_commit(struct writer *w)
{
	enum err_code rc = step_begin(w);

	if (!rc)
		rc = counters_store(w);
	if (!rc)
		rc = ledger_seal(w->ctx->ledger, w->now, &w->ctx->err);
	if (rc)
		return rc;
	/* Before that nothing can have been kept. */
	rc = db_commit(&w->txn, &w->ctx->err);
	if (rc == ERR_LOST)
		rc = commit_ask(w);
	/* What it learns makes later questions faster and no answer different: it may fail. */
	if (!rc && w->put >= LEARN_AFTER && db_learn(w->ctx->db, &w->ctx->err))
		w->ctx->err = (struct err){0};
	return rc;
}

int64_t
writer_now(const struct writer *w)
{
	return w->now;
}

struct ctx *
writer_ctx(struct writer *w)
{
	return w->ctx;
}

enum err_code
writer_new_id(struct writer *w, const struct reg *r, int64_t *ret_id)
{
	struct reg_writer *rw;
	enum err_code rc = reg_writer_get(w, r, &rw);

	if (!rc && rw->next == 0)
		rc = counter_load(w, rw);
	if (rc)
		return rc;
	*ret_id = r->code << ID_CODE_SHIFT | rw->next++;
	return ERR_NONE;
}

enum err_code
record_validate(const struct record *r, struct err *e)
{
	bool known = !r->state.ptr;

	if (r->key.len == 0)
		return err_set(e, ERR_INVALID, "key", "the key is empty");
	if (r->key.len > LIMIT_KEY_BYTES)
		return err_set(e, ERR_TOO_BIG, "key", "the key is longer than %d bytes",
			       LIMIT_KEY_BYTES);
	for (size_t i = 0; !known && i < r->reg->states.count; i++)
		known = str_is(r->state, r->reg->states.words[i]);
	if (!known)
		return err_set(e, ERR_INVALID, "state", "'%.*s' is no state of register '%s'%s%s",
			       STR_ARG(r->state), r->reg->name,
			       r->reg->states.count ? "; the first is " : ", which has none",
			       r->reg->states.count ? r->reg->states.words[0] : "");
	for (size_t i = 0; i < r->reg->field_count; i++) {
		if (r->reg->fields[i].required && r->values[i].kind == VALUE_NULL)
			return err_set(e, ERR_INVALID, r->reg->fields[i].name, "'%s' must be given",
				       r->reg->fields[i].name);
	}
	return ERR_NONE;
}

static struct db_cell
int_cell(int64_t number)
{
	return (struct db_cell){.kind = CELL_INT, .number = number};
}

static struct db_cell
text_cell(struct str text)
{
	return (struct db_cell){.kind = text.ptr ? CELL_TEXT : CELL_NULL, .text = text};
}

static struct db_cell
value_cell(const struct value *v)
{
	if (v->kind == VALUE_INT)
		return int_cell(v->number);
	return text_cell(v->kind == VALUE_TEXT ? v->text : (struct str){0});
}

/* A whole row; how many cells it has. */
static size_t
row_cells(const struct record *r, struct db_cell *cells)
{
	size_t count = SYSTEM_COLUMNS;

	cells[COLUMN_ID] = int_cell(r->id);
	cells[COLUMN_ROW_VERSION] = int_cell(r->version);
	cells[COLUMN_ORGANISATION] = int_cell(r->organisation);
	cells[COLUMN_FEED] = text_cell(r->feed);
	cells[COLUMN_KEY] = text_cell(r->key);
	cells[COLUMN_STATE] = text_cell(r->state);
	cells[COLUMN_RECORDED_FROM] = int_cell(r->recorded_from);
	cells[COLUMN_RECORDED_BY] = int_cell(r->recorded_by);
	cells[COLUMN_DELIVERED] = int_cell(r->delivered);
	cells[COLUMN_SALT] = text_cell(r->salt);
	cells[COLUMN_LEAF] = int_cell(r->leaf);
	for (size_t i = 0; i < r->reg->field_count; i++) {
		if (field_has_column(&r->reg->fields[i]))
			cells[count++] = value_cell(&r->values[i]);
	}
	return count;
}

static enum err_code
items_write(struct writer *w, struct reg_writer *rw, const struct record *r)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < r->reg->field_count; i++) {
		const struct value *v = &r->values[i];
		size_t width = (size_t)v->number;

		if (v->kind != VALUE_ITEMS)
			continue;
		for (size_t k = 0; !rc && k < v->count; k++) {
			rw->cells[0] = int_cell(r->id);
			rw->cells[1] = int_cell((int64_t)k + 1);
			for (size_t n = 0; n < width; n++)
				rw->cells[n + 2] = value_cell(&v->items[k * width + n]);
			rc = db_load_row(rw->add_items[i], rw->cells, &w->ctx->err);
		}
	}
	return rc;
}

/* Puts a version into the history, as it stands in `cells`. */
static enum err_code
history_write(struct writer *w, struct reg_writer *rw, struct db_cell *cells, size_t columns,
	      bool retired)
{
	cells[columns++] = int_cell(w->now);
	cells[columns++] = int_cell(retired);
	return db_load_row(rw->add_history, cells, &w->ctx->err);
}

/* Moves the present version of a record, with its items, to the history. */
static enum err_code
supersede(struct writer *w, struct reg_writer *rw, const struct record *present)
{
	size_t columns = row_cells(present, rw->cells_before);
	enum err_code rc = history_write(w, rw, rw->cells_before, columns, false);

	for (size_t i = 0; !rc && i < rw->reg->field_count; i++) {
		if (!rw->supersede_items[i])
			continue;
		db_bind_int(rw->supersede_items[i], 1, present->version);
		db_bind_int(rw->supersede_items[i], 2, present->id);
		rc = db_run(rw->supersede_items[i], &w->ctx->err);
		if (rc)
			return rc;
		db_bind_int(rw->remove_items[i], 1, present->id);
		rc = db_run(rw->remove_items[i], &w->ctx->err);
	}
	return rc;
}

/* Made before anything is written: a record that is too long is refused as if it had never come. */
static enum err_code
entry_make(struct writer *w, const struct record *r)
{
	w->entry.len = 0;
	w->entry.failed = false;
	return record_entry(w->ctx, r, w->ctx->actor, &w->entry);
}

/* Without it nothing of the version can be written, nor of any other. */
enum err_code
leaf_take(struct writer *w, int64_t *ret_leaf)
{
	enum err_code rc = ledger_next(w->ctx->ledger, ret_leaf, &w->ctx->err);

	w->halfway = w->halfway || rc;
	return rc;
}

enum err_code
entry_seal(struct writer *w, int64_t subject, int64_t version)
{
	w->leaves++;
	return ledger_add(w->ctx->ledger, subject, version,
			  (struct str){w->entry.data, w->entry.len}, &w->ctx->err);
}

/* The version that stands in the history for a record that is not current: 0 when it never was. */
static enum err_code
version_in_history(struct writer *w, struct reg_writer *rw, int64_t id, int64_t *ret_version)
{
	enum err_code rc;
	bool row;

	db_bind_int(rw->last_version, 1, id);
	rc = db_step(rw->last_version, &row, &w->ctx->err);
	if (rc)
		return rc;
	*ret_version = row ? db_int(rw->last_version, COLUMN_ROW_VERSION) : 0;
	db_reset(rw->last_version);
	return ERR_NONE;
}

static bool
same_cell(struct db_cell a, struct db_cell b)
{
	return a.kind == b.kind && a.number == b.number && str_eq(a.text, b.text);
}

/* Whether the rows before and now differ in a column that an index is about. */
static bool
indexed_differs(const struct reg_writer *rw, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		if (rw->indexed[i] && !same_cell(rw->cells_before[i], rw->cells[i]))
			return true;
	}
	return false;
}

/* Overwrites the present row, which stands in `cells_before`. */
static enum err_code
update(struct writer *w, struct reg_writer *rw, size_t columns)
{
	struct db_load *l = indexed_differs(rw, columns) ? rw->update_whole : rw->update;

	return db_load_row(l, rw->cells, &w->ctx->err);
}

static enum err_code
put(struct writer *w, struct reg_writer *rw, struct record *r, bool is_new,
    enum written *ret_written)
{
	const struct record *present = NULL;
	size_t columns;
	enum err_code rc = w->ctx->who ? writer_permits(w, r) : ERR_NONE;

	*ret_written = WRITTEN_UNCHANGED;
	if (!rc && !is_new)
		rc = held_get(w, rw, r->id, &present);
	if (rc || (present && record_same(present, r)))
		return rc;
	r->version = present ? present->version : 0;
	if (!is_new && !present)
		rc = version_in_history(w, rw, r->id, &r->version);
	if (rc)
		return rc;
	r->version++;
	rc = entry_make(w, r);
	if (!rc)
		rc = leaf_take(w, &r->leaf);
	if (!rc && present) {
		w->halfway = true;
		rc = supersede(w, rw, present);
	}
	if (rc)
		return rc;
	columns = row_cells(r, rw->cells);
	rc = present ? update(w, rw, columns) : db_load_row(rw->add, rw->cells, &w->ctx->err);
	w->halfway = w->halfway || !rc;
	if (!rc)
		rc = items_write(w, rw, r);
	if (!rc)
		rc = entry_seal(w, r->id, r->version);
	*ret_written = present ? WRITTEN_CHANGED : WRITTEN_ADDED;
	return rc;
}

enum err_code
writer_put(struct writer *w, struct record *r, enum written *ret_written)
{
	struct reg_writer *rw;
	enum err_code rc = step_begin(w);
	int64_t counter = r->id & (((int64_t)1 << ID_CODE_SHIFT) - 1);

	if (!rc)
		rc = record_validate(r, &w->ctx->err);
	if (!rc)
		rc = reg_writer_get(w, r->reg, &rw);
	if (rc)
		return rc;
	r->recorded_from = w->now;
	r->recorded_by = w->ctx->actor_id;
	r->salt = (struct str){0};
	if (r->reg->restricted) {
		char *salt = arena_alloc(&w->scratch, SALT_SIZE);

		random_bytes(salt, SALT_SIZE);
		r->salt = (struct str){salt, SALT_SIZE};
	}
	/* A number that this very transaction gave out stands nowhere yet. */
	rc = put(w, rw, r, rw->next > 0 && counter >= rw->first && counter > rw->highest,
		 ret_written);
	if (rc || *ret_written != WRITTEN_UNCHANGED)
		held_forget(w, r->id);
	if (!rc && counter > rw->highest)
		rw->highest = counter;
	if (rc)
		roll_end(&rw->use, &w->memory);
	else if (*ret_written != WRITTEN_UNCHANGED)
		roll_note(&rw->use, &w->memory, r, *ret_written == WRITTEN_ADDED);
	w->put += !rc && *ret_written != WRITTEN_UNCHANGED;
	arena_reset(&w->scratch);
	return step_end(w, rc);
}

/* Writes the last version, which says that the record was retired, and takes it away. */
static enum err_code
retire(struct writer *w, struct reg_writer *rw, const struct record *present, struct record *last)
{
	enum err_code rc;

	last->version++;
	last->recorded_from = w->now;
	last->recorded_by = w->ctx->actor_id;
	last->delivered = 0;
	last->retired = true;
	for (size_t i = 0; i < rw->reg->field_count; i++) {
		if (!field_has_column(&rw->reg->fields[i]))
			last->values[i] = (struct value){0};
	}
	rc = entry_make(w, last);
	if (!rc)
		rc = leaf_take(w, &last->leaf);
	if (rc)
		return rc;
	w->halfway = true;
	rc = supersede(w, rw, present);
	if (!rc)
		rc = history_write(w, rw, rw->cells, row_cells(last, rw->cells), true);
	if (!rc)
		rc = entry_seal(w, last->id, last->version);
	held_forget(w, last->id);
	db_bind_int(rw->remove, 1, last->id);
	return rc ? rc : db_run(rw->remove, &w->ctx->err);
}

enum err_code
writer_retire(struct writer *w, const struct reg *r, int64_t id)
{
	const struct record *present;
	struct reg_writer *rw;
	struct record last;
	enum err_code rc = step_begin(w);

	if (!rc)
		rc = reg_writer_get(w, r, &rw);
	if (rc)
		return rc;
	rc = held_get(w, rw, id, &present);
	if (!rc && !present)
		rc = err_set(&w->ctx->err, ERR_MISSING, "", "there is no such record now");
	if (!rc && w->ctx->who)
		rc = permit_retire(w, present);
	if (!rc) {
		roll_end(&rw->use, &w->memory);
		rw->retired = RETIRED_SOME;
		last = record_copy(present, &w->scratch);
		rc = retire(w, rw, present, &last);
	}
	arena_reset(&w->scratch);
	return step_end(w, rc);
}
