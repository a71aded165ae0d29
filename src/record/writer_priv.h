/* writer_priv.h -- the writer's statements, one set a register, prepared when first needed. */
#ifndef RECORD_WRITER_PRIV_H
#define RECORD_WRITER_PRIV_H

#include "record/roll.h"
#include "record/writer.h"
#include "store/load.h"

struct reg_writer {
	const struct reg *reg;
	bool by_key_alone; /* organisations */
	struct db_stmt *find;
	struct db_stmt *find_retired;
	struct db_stmt *load;
	struct db_stmt *load_many; /* when first needed */
	struct db_stmt *last_version;
	struct db_load *add;
	struct db_load *update;	      /* of the columns that no index is about */
	struct db_load *update_whole; /* of all */
	struct db_load *add_history;
	struct db_stmt *remove;
	struct record_reader *reader;
	struct db_load **add_items; /* one a field, NULL for plain columns */
	struct db_stmt **remove_items;
	struct db_stmt **supersede_items;
	struct db_cell *cells;	      /* of one row of the widest table */
	struct db_cell *cells_before; /* of the present row, as the history takes it */
	bool *indexed;		      /* one a column of the register's table */
	struct roll_use use;
	enum { RETIRED_UNKNOWN, RETIRED_NONE, RETIRED_SOME } retired; /* records of it */
	int64_t next;	 /* counter for new numbers; 0 until read */
	int64_t first;	 /* what it was when the transaction began */
	int64_t highest; /* counter of the last record written */
};

struct writer_kept {
	struct reg_writer **regs; /* as ctx->model->regs */
	size_t reg_count;
	struct db_stmt *last_time;
};

/* Present versions as they were read in this transaction, until they change in it. */
enum { HELD_MAX = 256 };
struct held {
	int64_t ids[HELD_MAX]; /* 0 where it is forgotten */
	struct record records[HELD_MAX];
	size_t count;
	struct arena arena; /* emptied when it is full */
};

struct writer {
	struct ctx *ctx;
	struct writer_kept *kept;
	struct db_txn txn;
	int64_t now;
	struct held held;
	struct arena scratch; /* emptied after each record */
	struct buf entry;
	struct db_stmt *insert_event;
	int64_t next_event;
	bool delivery;	/* writer_takes_delivery */
	bool halfway;	/* the step in hand has written something */
	bool unknown;	/* whether the commit was kept */
	bool torn;	/* a step failed so: nothing may be committed any more */
	int64_t put;	/* records written */
	int64_t leaves; /* versions and events written */
	size_t memory;	/* that rolls may take still */
};

MUST_CHECK enum err_code reg_writer_get(struct writer *w, const struct reg *r,
					struct reg_writer **ret_rw);
void reg_writer_free(struct reg_writer *rw);
/* A step writes something whole: refused after one that failed halfway. What was begun and not
 * finished must never be committed; and after some errors the engine has rolled back by itself, so
 * that the next statement would stand alone. */
MUST_CHECK enum err_code step_begin(struct writer *w);
enum err_code step_end(struct writer *w, enum err_code rc);
/* The number of the leaf that the next entry becomes. */
MUST_CHECK enum err_code leaf_take(struct writer *w, int64_t *ret_leaf);
/* Makes what stands in w->entry a leaf. */
MUST_CHECK enum err_code entry_seal(struct writer *w, int64_t subject, int64_t version);
/* fill.c: whether the two say the same; version, time and actor apart. */
bool record_same(const struct record *a, const struct record *b);
/* The statements of the last writer, or new ones; and back for the next, when all went well. */
MUST_CHECK enum err_code kept_take(struct writer *w);
void kept_give(struct writer *w);
/* writer_find.c: the present version of a record, to be read and not changed; NULL when there is
 * none. Stays until another is asked for. */
MUST_CHECK enum err_code held_get(struct writer *w, struct reg_writer *rw, int64_t id,
				  const struct record **ret_record);
void held_forget(struct writer *w, int64_t id);
/* permit.c: whether whom the writer serves may write the record, `before` being its present
 * version, NULL for none, or take that away. */
MUST_CHECK enum err_code permit_put(struct writer *w, const struct record *before,
				    const struct record *r);
MUST_CHECK enum err_code permit_retire(struct writer *w, const struct record *last);
/* Writes back the counters that were used. */
MUST_CHECK enum err_code counters_store(struct writer *w);
MUST_CHECK enum err_code counter_load(struct writer *w, struct reg_writer *rw);

#endif
