#include "record/writer_priv.h"

#include "model/sql.h"
#include "store/find.h"

#include <stdlib.h>
#include <string.h>

static enum err_code
prepare_with(struct ctx *ctx, struct buf *sql, struct db_stmt **ret_stmt)
{
	if (sql->failed)
		return err_set(&ctx->err, ERR_INTERNAL, "", "a statement is too long");
	return db_prepare(ctx->db, sql->data, ret_stmt, &ctx->err);
}

/* One of the writers of sql.h that take a table or register, run and prepared. */
#define PREPARE(ctx, stmt, call)                                                                   \
	do {                                                                                       \
		CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};                           \
		enum err_code prepared;                                                            \
		call;                                                                              \
		prepared = prepare_with(ctx, &sql, stmt);                                          \
		if (prepared)                                                                      \
			return prepared;                                                           \
	} while (0)

static enum err_code
prepare_items(struct ctx *ctx, struct reg_writer *rw, size_t i)
{
	const struct field *f = &rw->reg->fields[i];

	if (field_has_column(f))
		return ERR_NONE;
	PREPARE(ctx, &rw->remove_items[i], sql_delete(f->table, "record", &sql));
	PREPARE(ctx, &rw->supersede_items[i], sql_supersede_items(f, &sql));
	return db_load_open(ctx->db, f->table, &rw->add_items[i], &ctx->err);
}

static enum err_code
prepare_all(struct ctx *ctx, struct reg_writer *rw)
{
	const struct reg *r = rw->reg;
	enum err_code rc;

	PREPARE(ctx, &rw->find,
		sql_from(r, "t.id, t.delivered",
			 rw->by_key_alone ? "where t.key = :key"
					  : "where t.key = :key and t.organisation = :organisation "
					    "and t.feed = :feed",
			 &sql));
	PREPARE(ctx, &rw->find_retired,
		sql_select(r->history,
			   rw->by_key_alone ? "where t.retired = 1 and t.key = :key"
					    : "where t.retired = 1 and t.key = :key and "
					      "t.organisation = :organisation and t.feed = :feed",
			   &sql));
	PREPARE(ctx, &rw->last_version,
		sql_select(r->history, "where t.id = :id order by t.row_version desc limit 1",
			   &sql));
	PREPARE(ctx, &rw->load, sql_select(r->table, "where t.id = :id", &sql));
	PREPARE(ctx, &rw->remove, sql_delete(r->table, "id", &sql));
	rc = db_load_open(ctx->db, r->table, &rw->add, &ctx->err);
	if (!rc)
		rc = db_load_open(ctx->db, r->history, &rw->add_history, &ctx->err);
	if (!rc)
		rc = db_load_open_over(ctx->db, r->table, rw->indexed, &rw->update, &ctx->err);
	if (!rc)
		rc = db_load_open_over(ctx->db, r->table, NULL, &rw->update_whole, &ctx->err);
	if (!rc)
		rc = record_reader_new(ctx, r, false, &rw->reader);
	for (size_t i = 0; !rc && i < r->field_count; i++)
		rc = prepare_items(ctx, rw, i);
	return rc;
}

static size_t
cells_most(const struct reg *r)
{
	size_t most = r->history->column_count;

	for (size_t i = 0; i < r->field_count; i++) {
		const struct table *t = r->fields[i].table;

		if (t && t->column_count > most)
			most = t->column_count;
	}
	return most;
}

enum err_code
reg_writer_get(struct writer *w, const struct reg *r, struct reg_writer **ret_rw)
{
	struct reg_writer *rw = w->kept->regs[r->index];
	enum err_code rc;

	if (rw) {
		*ret_rw = rw;
		return ERR_NONE;
	}
	rw = calloc(1, sizeof(*rw));
	if (!rw)
		return err_set(&w->ctx->err, ERR_INTERNAL, "", "no memory for a writer");
	w->kept->regs[r->index] = rw;
	rw->reg = r;
	rw->by_key_alone = strcmp(r->name, "organisation") == 0;
	rw->add_items = calloc(r->field_count + 1, sizeof(struct db_load *));
	rw->remove_items = calloc(2 * (r->field_count + 1), sizeof(struct db_stmt *));
	rw->cells = calloc(2 * cells_most(r), sizeof(*rw->cells));
	rw->indexed = calloc(r->table->column_count, sizeof(*rw->indexed));
	if (!rw->add_items || !rw->remove_items || !rw->cells || !rw->indexed)
		return err_set(&w->ctx->err, ERR_INTERNAL, "", "no memory for a writer");
	for (size_t i = 0; i < r->table->column_count; i++)
		rw->indexed[i] = sql_is_indexed(r->table, i);
	rw->cells_before = rw->cells + cells_most(r);
	rw->supersede_items = rw->remove_items + r->field_count;
	rc = prepare_all(w->ctx, rw);
	if (!rc)
		*ret_rw = rw;
	return rc;
}

void
reg_writer_free(struct reg_writer *rw)
{
	struct db_stmt *plain[] = {rw->find,	  rw->find_retired, rw->load,
				   rw->load_many, rw->last_version, rw->remove};
	struct db_load *loads[] = {rw->add, rw->add_history, rw->update, rw->update_whole};
	size_t memory = 0;

	for (size_t i = 0; i < COUNT_OF(plain); i++)
		db_stmt_free(plain[i]);
	for (size_t i = 0; rw->remove_items && i < 2 * rw->reg->field_count; i++)
		db_stmt_free(rw->remove_items[i]);
	for (size_t i = 0; rw->add_items && i < rw->reg->field_count; i++)
		db_load_close(rw->add_items[i]);
	for (size_t i = 0; i < COUNT_OF(loads); i++)
		db_load_close(loads[i]);
	record_reader_free(rw->reader);
	roll_drop(&rw->use, &memory);
	free(rw->add_items);
	free(rw->remove_items);
	free(rw->cells);
	free(rw->indexed);
	free(rw);
}

enum err_code
counter_load(struct writer *w, struct reg_writer *rw)
{
	const struct db_find f = {"select next from counter where id = :id",
				  {db_of_int(rw->reg->code)}};
	bool found = false;
	enum err_code rc = db_find_int(w->ctx->db, &f, &rw->next, &found, &w->ctx->err);

	if (rc)
		return rc;
	if (!found)
		rw->next = 1;
	rw->first = rw->next;
	return ERR_NONE;
}

enum err_code
counters_store(struct writer *w)
{
	DB_STMT *s = NULL;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < w->kept->reg_count; i++) {
		struct reg_writer *rw = w->kept->regs[i];

		if (!rw || rw->next == rw->first)
			continue;
		if (!s)
			rc = db_prepare(w->ctx->db,
					"insert into counter (id, next) values (:id, :next) "
					"on conflict (id) do update set next = excluded.next",
					&s, &w->ctx->err);
		if (rc)
			return rc;
		db_bind_int(s, 1, rw->reg->code);
		db_bind_int(s, 2, rw->next);
		rc = db_run(s, &w->ctx->err);
		rw->first = rw->next;
	}
	return rc;
}

static void
kept_free(struct writer_kept *kept)
{
	if (!kept)
		return;
	for (size_t i = 0; kept->regs && i < kept->reg_count; i++) {
		if (kept->regs[i])
			reg_writer_free(kept->regs[i]);
	}
	db_stmt_free(kept->last_time);
	free(kept->regs);
	free(kept);
}

enum err_code
kept_take(struct writer *w)
{
	struct ctx *ctx = w->ctx;

	w->kept = ctx->kept;
	ctx->kept = NULL;
	if (w->kept)
		return ERR_NONE;
	w->kept = calloc(1, sizeof(*w->kept));
	if (w->kept) {
		w->kept->reg_count = ctx->model->reg_count;
		w->kept->regs = calloc(w->kept->reg_count + 1, sizeof(*w->kept->regs));
	}
	if (!w->kept || !w->kept->regs)
		return err_set(&ctx->err, ERR_INTERNAL, "", "no memory for a writer");
	return db_prepare(ctx->db,
			  "select recorded_at from ledger_checkpoint order by id desc limit 1",
			  &w->kept->last_time, &ctx->err);
}

/* After a failure a statement may stand in the middle of its rows: those are not kept. */
void
kept_give(struct writer *w)
{
	struct writer_kept *kept = w->kept;

	w->kept = NULL;
	if (!kept || !w->txn.committed || w->ctx->kept) {
		kept_free(kept);
		return;
	}
	for (size_t i = 0; i < kept->reg_count; i++) {
		struct reg_writer *rw = kept->regs[i];

		if (!rw)
			continue;
		roll_drop(&rw->use, &w->memory);
		rw->next = rw->first = rw->highest = 0;
		rw->retired = RETIRED_UNKNOWN;
	}
	w->ctx->kept = kept;
}

void
writer_forget(struct ctx *ctx)
{
	kept_free(ctx->kept);
	ctx->kept = NULL;
}
