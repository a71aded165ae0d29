/* increment.h -- an assessment that begins where the last one stopped. */
#ifndef CHECK_INCREMENT_H
#define CHECK_INCREMENT_H

#include "check/delta.h"
#include "query/moves.h"
#include "query/reach.h"

/* One obligation's check on this connection; each part is made when it is first needed. */
struct prepared {
	struct check *all;
	struct check *narrow;
	struct check *rows; /* held to the rows that stand beside: narrow_to_rows */
	bool moves_known;
	struct moves moves;
	bool reach_known;
	struct reach reach; /* of scope and check together */
	uint64_t *columns;  /* one a register of the model: those that can be told apart */
};

enum { LEAST_MAX = 200 };

/* What is kept from one assessment to the next by whoever assesses again and again: statements, and
 * what does not change while the plan does not. */
struct assessor {
	struct ctx *ctx;
	struct arena arena;
	struct delta_tables *tables;
	struct prepared *checks; /* one an obligation of the plan */
	struct words *reads;	 /* tables that each check reads, as recorded */
	size_t *reads_cap;
	bool reads_known;
	bool *wanted;			 /* registers that some check reads */
	const struct delta_reg *changed; /* of one run: what changed of each register */
	struct roster *few;		 /* of each register: the records in hand */
	struct roster *rosters;		 /* whole ones, of one run */
	struct least {
		const struct table *table;
		const char *column;
		bool changes;
		int64_t instant;
	} least[LEAST_MAX]; /* of one run: the first instants to come */
	size_t least_count;
};

/* Decides what changed since the last run and what the clock moved, in one transaction. *ret_done
 * false, and nothing written, when all has to be decided. */
MUST_CHECK enum err_code increment_run(struct assessment *as, struct assessor *a, bool *ret_done);

/* assessor.c */
MUST_CHECK enum err_code assessor_reads(struct assessor *a);
/* The tables that the check reads. */
const struct words *assessor_tables(const struct assessor *a, const struct obligation *o);
/* Whether the table is the register's, or of one of its lists. */
bool assessor_is_of_reg(const struct reg *r, const char *table);
/* Whether the check of the obligation reads the register, or one of its lists. */
bool assessor_reads_reg(const struct assessor *a, const struct obligation *o, const struct reg *r);
/* Which records a change of a table can touch; NULL, or `all` set, when that is not known. */
const struct reach_table *assessor_reach(struct assessor *a, const struct obligation *o,
					 const char *table);
/* Whether the check reads of the register that it is about the row of the record alone, so that it
 * may be given the rows of some, where the engine gains by that. */
bool assessor_takes_rows(struct assessor *a, const struct obligation *o);
/* The check on this connection, held to some records or not; ERR_INVALID for one that cannot be. */
enum hold { HOLD_NOT, HOLD_RECORDS, HOLD_ROWS };
MUST_CHECK enum err_code assessor_check(struct assessor *a, const struct obligation *o,
					enum hold hold, struct check **ret_check);
/* The roster of all of a register, for one run. */
MUST_CHECK enum err_code assessor_roster(struct assessor *a, const struct reg *r,
					 struct roster **ret_roster);
/* After a rollback: the tables that they read may be gone. */
void assessor_forget_narrow(struct assessor *a);
/* Forgets what was true of one run alone. */
void assessor_run_ends(struct assessor *a);
/* The columns and list fields of the register that the check can tell apart. */
uint64_t assessor_columns(struct assessor *a, const struct obligation *o, const struct reg *r);
/* Whether something changed since the last run that the check can see of the table, which is a
 * register's or of one of its lists. */
bool assessor_changed(struct assessor *a, const struct obligation *o, const char *table);

/* touched.c: the records that what changed can touch. */

/* What finds them. Many checks ask alike, and have the same records then. */
struct touching {
	const struct reg *reg;
	uint64_t kinds;	  /* a bit for each of delta_reg's: changed records of the register */
	uint64_t columns; /* in any of which they differ */
	const struct obligation *open; /* with the records that it has failing, or NULL */
	const char **ways;	       /* of reach.h */
	size_t count;
	size_t cap;
};

/* In ascending order. While they are in hand, the table of narrow.h holds them, and the assessor's
 * roster of few their organisations. */
struct touched {
	int64_t *records;
	size_t count;
	bool held;		 /* their rows stand beside: delta_tables_hold */
	struct intervals *known; /* their recorded failures, once they are asked for */
};

/* `open`: what the obligation has failing is touched too. */
void touching_find(struct assessor *a, const struct obligation *o, bool open, struct arena *work,
		   struct touching *ret_touching);
bool touching_same(const struct touching *a, const struct touching *b);
MUST_CHECK enum err_code touched_take(struct assessor *a, const struct touching *t,
				      struct arena *work, struct touched *ret_touched);
void touched_drop(struct assessor *a, const struct touching *t, const struct touched *touched);

/* horizon.c: when the clock alone may change what the check says; HORIZON_NEVER for one that looks
 * at the day at most. With `changes` only what changed since the last run is looked at. */
MUST_CHECK enum err_code assessor_horizon(struct assessor *a, const struct obligation *o,
					  int64_t now, bool changes, int64_t *ret_horizon);

/* What an obligation that was decided whole leaves standing: its scope, and how long it holds.
 * With `changes` it holds no longer than before, and what changed tells whether less long. */
MUST_CHECK enum err_code duty_stands(struct assessment *as, struct assessor *a,
				     const struct decision *d, struct standing_duty *sd,
				     bool changes);
/* What all runs do with a decided obligation: failures, cells, findings; then it stands. */
MUST_CHECK enum err_code duty_settle(struct assessment *as, struct decision *d,
				     struct standing_duty *sd);
/* Totals, the event, and of which moment all of it is. */
MUST_CHECK enum err_code run_seal(struct assessment *as, const struct standing *s);

#endif
