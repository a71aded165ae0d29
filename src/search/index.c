#include "search/search_priv.h"

#include "base/order.h"
#include "model/sql.h"
#include "store/find.h"
#include "store/schema.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Leaves that are taken in at once, and the form of the index: another one is made anew. */
enum {
	BATCH = 5000,
	TOGETHER = 100,
	FORM = 2,
	MEMORY = 64 * 1024 * 1024,
	ROW_LIMIT = 1048576,
	READERS = 8
};

static const struct column record_columns[] = {
	{"id",	       COLUMN_INT,  true},
	     {"organisation", COLUMN_INT,  true},
	{"head",	 COLUMN_TEXT, true},
	     {"body",	      COLUMN_TEXT, true},
	{"seen",	 COLUMN_TEXT, true},
};
/* How far the index has come: leaves of the ledger, the head that was the newest then, and its
 * note, by which a store that was put in the place of another is known. */
static const struct column state_columns[] = {
	{"id",       COLUMN_INT,  true},
	    {"form",     COLUMN_INT,	 true},
	 {"position", COLUMN_INT,  true},
	{"head",	 COLUMN_INT,  true},
	    {"note",     COLUMN_TEXT, true},
};
static const struct table tables[] = {
	{.name = "search_state",
	 .columns = state_columns,
	 .column_count = COUNT_OF(state_columns),
	 .primary_key = "id"},
	{ .name = "search_record",
	 .columns = record_columns,
	 .column_count = COUNT_OF(record_columns),
	 .primary_key = "id",
	 .held = true},
};

struct search_index {
	const struct workspace *of;
	pthread_mutex_t open_lock;
	/* What is opened when it is first used. */
	struct workspace *ws;	  /* reads the records */
	struct db *file;	  /* the index, where it is a file; else it is in the store */
	const char *path;	  /* of that */
	struct db *idle[READERS]; /* that read it */
	size_t idle_count;
	pthread_mutex_t idle_lock; /* of what searches share */
	pthread_mutex_t lock;
	struct arena arena; /* of one batch */
	struct search_row row;
	struct arena kept;	       /* of what lives as long as it */
	const struct duty_row *duties; /* when somebody searched */
};

struct state {
	int64_t position;
	int64_t head;
	struct str note;
};

static struct db *
db_of(const struct search_index *x)
{
	return x->file ? x->file : workspace_ctx(x->ws)->db;
}

static enum err_code
is_missing(struct search_index *x, bool *ret_missing, struct err *e)
{
	enum err_code rc = schema_check_table(db_of(x), &tables[1], e);

	*ret_missing = rc == ERR_MISSING;
	return *ret_missing ? ERR_NONE : rc;
}

/* Unless another process makes it at the same time. */
static enum err_code
tables_make(struct search_index *x, struct err *e)
{
	struct db *db = db_of(x);
	DB_TXN txn = {0};
	bool missing;
	bool roles;
	enum err_code rc = is_missing(x, &missing, e);

	if (rc || !missing)
		return rc;
	rc = db_begin(db, &txn, e);
	if (!rc)
		rc = is_missing(x, &missing, e);
	for (size_t i = 0; !rc && missing && i < COUNT_OF(tables); i++)
		rc = schema_create(db, &tables[i], e);
	if (!rc && missing)
		rc = db_exec(db, db_words(db)->make, e);
	if (!rc && missing)
		rc = db_exec(db,
			     "insert into search_state (id, form, position, head, note) values (1, "
			     "0, 0, 0, '')",
			     e);
	if (!rc)
		rc = db_commit(&txn, e);
	db_txn_end(&txn);
	return rc ? rc : db_roles(db, &roles, e);
}

static void
parts_close(struct search_index *x)
{
	db_close(x->file);
	workspace_close(x->ws);
	x->file = NULL;
	x->ws = NULL;
}

static enum err_code
parts_open(struct search_index *x, struct err *e)
{
	enum err_code rc = workspace_another(x->of, x->path ? DB_READ : DB_WRITE, &x->ws, e);

	if (!rc && x->path)
		rc = db_open(x->path, DB_CREATE, &x->file, e);
	if (!rc)
		rc = tables_make(x, e);
	if (rc)
		parts_close(x);
	return rc;
}

/* Nobody who only starts waits for it. */
static enum err_code
open_once(struct search_index *x, struct err *e)
{
	enum err_code rc = ERR_NONE;

	(void)pthread_mutex_lock(&x->open_lock);
	if (!x->ws)
		rc = parts_open(x, e);
	(void)pthread_mutex_unlock(&x->open_lock);
	return rc;
}

enum err_code
search_open(const struct workspace *of, struct search_index **ret_index, struct err *e)
{
	struct search_index *x = calloc(1, sizeof(*x));

	if (!x)
		return err_set(e, ERR_INTERNAL, "", "no memory for the index");
	x->of = of;
	(void)pthread_mutex_init(&x->open_lock, NULL);
	(void)pthread_mutex_init(&x->lock, NULL);
	(void)pthread_mutex_init(&x->idle_lock, NULL);
	arena_init(&x->arena, MEMORY);
	arena_init(&x->kept, MEMORY);
	buf_init(&x->row.head, ROW_LIMIT);
	buf_init(&x->row.body, ROW_LIMIT);
	buf_init(&x->row.seen, ROW_LIMIT);
	x->path = workspace_beside(of, "search.db", &x->kept);
	*ret_index = x;
	return ERR_NONE;
}

void
search_close(struct search_index *x)
{
	if (!x)
		return;
	while (x->idle_count > 0)
		db_close(x->idle[--x->idle_count]);
	parts_close(x);
	(void)pthread_mutex_destroy(&x->open_lock);
	(void)pthread_mutex_destroy(&x->lock);
	(void)pthread_mutex_destroy(&x->idle_lock);
	arena_fini(&x->arena);
	arena_fini(&x->kept);
	buf_fini(&x->row.head);
	buf_fini(&x->row.body);
	buf_fini(&x->row.seen);
	free(x);
}

void
search_closep(struct search_index **x)
{
	search_close(*x);
}

const struct duty_row *
index_duties(struct search_index *x)
{
	(void)pthread_mutex_lock(&x->idle_lock);
	if (!x->duties)
		x->duties = duty_rows(workspace_ctx(x->ws)->model, &x->kept);
	(void)pthread_mutex_unlock(&x->idle_lock);
	return x->duties;
}

enum err_code
index_reader(struct search_index *x, struct db **ret_db, struct err *e)
{
	enum err_code rc = open_once(x, e);

	*ret_db = NULL;
	if (rc)
		return rc;
	(void)pthread_mutex_lock(&x->idle_lock);
	if (x->idle_count > 0)
		*ret_db = x->idle[--x->idle_count];
	(void)pthread_mutex_unlock(&x->idle_lock);
	return x->path && !*ret_db ? db_open(x->path, DB_READ, ret_db, e) : ERR_NONE;
}

void
index_reader_back(struct search_index *x, struct db *db)
{
	(void)pthread_mutex_lock(&x->idle_lock);
	if (db && x->idle_count < READERS) {
		x->idle[x->idle_count++] = db;
		db = NULL;
	}
	(void)pthread_mutex_unlock(&x->idle_lock);
	db_close(db);
}

/* One row of up to three columns; `row` false when there is none. */
static enum err_code
state_read(struct search_index *x, struct state *s, struct err *e)
{
	DB_STMT *find = NULL;
	bool row = false;
	enum err_code rc =
		db_prepare(db_of(x),
			   "select t.position, t.head, t.note, t.form from search_state t "
			   "where t.id = 1",
			   &find, e);

	if (!rc)
		rc = db_step(find, &row, e);
	if (rc || !row)
		return rc ? rc : err_set(e, ERR_INTERNAL, "", "the index of the search is damaged");
	*s = (struct state){db_int(find, 0), db_int(find, 1), str_dup(&x->arena, db_text(find, 2))};
	if (db_int(find, 3) != FORM)
		s->head = -1;
	return ERR_NONE;
}

/* The note of that head; {NULL, 0} when the ledger has none such. */
static enum err_code
note_read_at(struct search_index *x, int64_t head, struct str *ret_note, struct err *e)
{
	const struct db_find f = {"select c.note from ledger_checkpoint c where c.id = :id",
				  {db_of_int(head)}};

	return db_find_text(workspace_ctx(x->ws)->db, &f, &x->arena, ret_note, e);
}

/* Whether the index is of this very ledger, and not of one that was put in its place. */
static enum err_code
is_of_ledger(struct search_index *x, const struct state *s, bool *ret_is, struct err *e)
{
	struct str note;
	enum err_code rc = note_read_at(x, s->head, &note, e);

	*ret_is = s->head == 0 || (note.ptr && str_eq(note, s->note));
	return rc;
}

/* Else it begins anew. */
static enum err_code
state_check(struct search_index *x, struct state *s, struct err *e)
{
	const struct db_words *words = db_words(db_of(x));
	bool same;
	enum err_code rc = is_of_ledger(x, s, &same, e);

	if (rc || same)
		return rc;
	*s = (struct state){.note = str_of("")};
	rc = words->all_go ? db_exec(db_of(x), words->all_go, e) : ERR_NONE;
	return rc ? rc : db_exec(db_of(x), "delete from search_record", e);
}

static enum err_code
state_write(struct search_index *x, const struct state *s, struct err *e)
{
	DB_STMT *put = NULL;
	enum err_code rc = db_prepare(db_of(x),
				      "update search_state set position = :position, head = :head, "
				      "note = :note, form = :form where id = 1",
				      &put, e);

	if (rc)
		return rc;
	db_bind_int(put, 1, s->position);
	db_bind_int(put, 2, s->head);
	db_bind_text(put, 3, s->note);
	db_bind_int(put, 4, FORM);
	return db_run(put, e);
}

static enum err_code
head_read(struct search_index *x, int64_t *ret_head, struct err *e)
{
	const struct db_find f = {"select max(c.id) from ledger_checkpoint c", {{0}}};

	return db_find_int(workspace_ctx(x->ws)->db, &f, ret_head, NULL, e);
}

struct numbers {
	int64_t *ids;
	size_t count;
	size_t cap;
};

/* The records that these leaves are about, each once and in their order. */
static enum err_code
records_read(struct search_index *x, int64_t from, int64_t *to, struct numbers *n, struct err *e)
{
	const struct model *m = workspace_ctx(x->ws)->model;
	DB_STMT *s = NULL;
	size_t kept = 0;
	bool row;
	enum err_code rc = db_prepare(workspace_ctx(x->ws)->db,
				      "select l.subject, l.idx from ledger_leaf l where l.idx >= "
				      ":low and l.idx < :high order by l.idx",
				      &s, e);

	if (rc)
		return rc;
	db_bind_int(s, 1, from);
	db_bind_int(s, 2, *to);
	while (!(rc = db_step(s, &row, e)) && row) {
		const struct reg *r = model_reg_of_id(m, db_int(s, 0));

		/* Of a register that a newer plan brought: who knows that goes on from here. */
		if (!r && db_int(s, 0) >> ID_CODE_SHIFT > 0) {
			*to = db_int(s, 1);
			break;
		}
		if (!r)
			continue;
		n->ids = arena_room(&x->arena, n->ids, n->count, &n->cap, sizeof(*n->ids));
		n->ids[n->count++] = db_int(s, 0);
	}
	if (n->count > 0)
		qsort(n->ids, n->count, sizeof(*n->ids), ints_order);
	for (size_t i = 0; i < n->count; i++) {
		if (kept == 0 || n->ids[kept - 1] != n->ids[i])
			n->ids[kept++] = n->ids[i];
	}
	n->count = kept;
	return rc;
}

/* A statement about one row; nothing where there is none. */
static enum err_code
row_say(struct search_index *x, const char *sql, int64_t id, struct err *e)
{
	DB_STMT *s = NULL;
	enum err_code rc = sql ? db_prepare(db_of(x), sql, &s, e) : ERR_NONE;

	if (rc || !sql)
		return rc;
	db_bind_int(s, 1, id);
	return db_run(s, e);
}

static enum err_code
row_remove(struct search_index *x, int64_t id, struct err *e)
{
	enum err_code rc = row_say(x, db_words(db_of(x))->goes, id, e);

	return rc ? rc : row_say(x, "delete from search_record where id = :id", id, e);
}

static enum err_code
row_put(struct search_index *x, const struct record *r, struct err *e)
{
	struct search_row *row = &x->row;
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(db_of(x),
			   "insert into search_record (id, organisation, head, body, seen) values "
			   "(:id, :organisation, :head, :body, :seen)",
			   &s, e);

	if (rc)
		return rc;
	search_row_fill(workspace_ctx(x->ws)->model, r, &x->arena, row);
	db_bind_int(s, 1, r->id);
	db_bind_int(s, 2, r->organisation);
	db_bind_text(s, 3, (struct str){row->head.data, row->head.len});
	db_bind_text(s, 4, (struct str){row->body.data ? row->body.data : "", row->body.len});
	db_bind_text(s, 5, (struct str){row->seen.data, row->seen.len});
	rc = db_run(s, e);
	return rc ? rc : row_say(x, db_words(db_of(x))->added, r->id, e);
}

/* A record that is not current any more, as it was last. */
static enum err_code
retired_put(struct search_index *x, const struct reg *r, int64_t id, struct err *e)
{
	CLEANUP(record_reader_freep) struct record_reader *rd = NULL;
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct ctx *ctx = workspace_ctx(x->ws);
	DB_STMT *s = NULL;
	struct record one;
	bool row = false;
	enum err_code rc;

	sql_select(r->history,
		   "where t.id = :id and t.retired = 1 order by t.row_version desc limit 1", &sql);
	rc = db_prepare(ctx->db, sql.data, &s, e);
	if (!rc)
		rc = record_reader_new(ctx, r, true, &rd);
	if (rc)
		return rc;
	db_bind_int(s, 1, id);
	rc = db_step(s, &row, e);
	if (rc || !row)
		return rc;
	rc = record_read(rd, s, &x->arena, &one);
	return rc ? rc : row_put(x, &one, e);
}

/* Some records of one register. */
static enum err_code
some_put(struct search_index *x, const struct reg *r, const int64_t *ids, size_t count,
	 struct err *e)
{
	CLEANUP(record_reader_freep) struct record_reader *rd = NULL;
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct ctx *ctx = workspace_ctx(x->ws);
	bool *there = arena_alloc(&x->arena, count * sizeof(*there));
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	sql_select_many(r->table, count, &sql);
	rc = db_prepare(ctx->db, sql.data, &s, e);
	if (!rc)
		rc = record_reader_new(ctx, r, false, &rd);
	for (size_t i = 0; !rc && i < count; i++) {
		db_bind_int(s, (int)i + 1, ids[i]);
		rc = row_remove(x, ids[i], e);
	}
	while (!rc && !(rc = db_step(s, &row, e)) && row) {
		struct record one;
		const int64_t *at;

		rc = record_read(rd, s, &x->arena, &one);
		if (!rc)
			rc = row_put(x, &one, e);
		at = rc ? NULL : bsearch(&one.id, ids, count, sizeof(*ids), ints_order);
		if (at)
			there[at - ids] = true;
	}
	for (size_t i = 0; !rc && i < count; i++) {
		if (!there[i])
			rc = retired_put(x, r, ids[i], e);
	}
	return rc;
}

static enum err_code
all_put(struct search_index *x, const struct numbers *n, struct err *e)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < n->count;) {
		const struct reg *r = model_reg_of_id(workspace_ctx(x->ws)->model, n->ids[i]);
		size_t end = i + 1;

		while (end < n->count && end - i < TOGETHER &&
		       n->ids[end] >> ID_CODE_SHIFT == r->code)
			end++;
		rc = some_put(x, r, n->ids + i, end - i, e);
		i = end;
	}
	return rc;
}

/* One batch, in a transaction of the index that no writer of the store waits for. Of several
 * processes one is at it; the others go on from where it ended. */
static enum err_code
batch(struct search_index *x, int64_t most, int64_t *ret_left, struct err *e)
{
	struct numbers n = {0};
	struct state s;
	DB_TXN txn = {0};
	int64_t head = 0;
	int64_t to;
	enum err_code rc;

	arena_reset(&x->arena);
	rc = db_begin_beside(db_of(x), &txn, e);
	if (!rc)
		rc = db_exec(db_of(x), "update search_state set id = id", e);
	if (!rc)
		rc = state_read(x, &s, e);
	if (!rc)
		rc = state_check(x, &s, e);
	if (!rc)
		rc = head_read(x, &head, e);
	if (rc)
		return rc;
	to = head - s.position > most ? s.position + most : head;
	rc = records_read(x, s.position, &to, &n, e);
	if (!rc)
		rc = all_put(x, &n, e);
	s.position = to;
	s.head = head;
	if (!rc)
		rc = note_read_at(x, head, &s.note, e);
	s.note = s.note.ptr ? s.note : str_of("");
	if (!rc)
		rc = state_write(x, &s, e);
	if (!rc)
		rc = db_commit(&txn, e);
	*ret_left = head - to;
	return rc;
}

/* Whether there is anything to do, which takes no lock of the store. */
static enum err_code
is_due(struct search_index *x, bool *ret_due, struct err *e)
{
	struct state s;
	int64_t head = 0;
	bool same = false;
	enum err_code rc;

	arena_reset(&x->arena);
	rc = state_read(x, &s, e);
	if (!rc)
		rc = head_read(x, &head, e);
	if (!rc)
		rc = is_of_ledger(x, &s, &same, e);
	*ret_due = !rc && (!same || s.position != head);
	return rc;
}

enum err_code
search_catch_up(struct search_index *x, int64_t leaves, int64_t *ret_left, struct err *e)
{
	int64_t left = 0;
	bool due = false;
	enum err_code rc = open_once(x, e);

	if (rc)
		return rc;
	(void)pthread_mutex_lock(&x->lock);
	rc = is_due(x, &due, e);
	if (due) {
		do {
			rc = batch(x, leaves < BATCH ? leaves : BATCH, &left, e);
			leaves -= BATCH;
		} while (!rc && left > 0 && leaves > 0);
	}
	/* What the readers said goes the same way. */
	if (rc && e->code != rc)
		*e = workspace_ctx(x->ws)->err;
	(void)pthread_mutex_unlock(&x->lock);
	*ret_left = left;
	return rc;
}
