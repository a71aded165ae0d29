/* delta.h -- what was written since an assessment, out of the ledger.
 *
 * Of each register that a check reads, the changed records' versions of then and of now stand in a
 * temporary table "delta_REGISTER" with the register's columns, their items in
 * "delta_REGISTER_FIELD"; a record that is new, or retired, has one of the two.
 */
#ifndef CHECK_DELTA_H
#define CHECK_DELTA_H

#include "check/standing.h"

#define DELTA_PREFIX "delta_"
/* Before a register's name: the temporary table with the rows of the records in hand. */
#define HELD_PREFIX "held_"
/* The temporary table of the changed records, with their version of then. */
#define DELTA_TABLE "assess_changed"
/* The temporary table that says what of them changed: record, organisation, columns. */
#define DIFFER_TABLE "assess_differing"

struct changed {
	int64_t record;
	int64_t organisation; /* of then; 0 when there was no such record */
	bool foreign;	      /* not only the assessment itself wrote it */
};

enum { DELTA_KINDS = 64 };

/* Of one register. */
struct delta_reg {
	struct changed *rows; /* by record */
	size_t count;
	size_t cap;
	bool foreign; /* any row is */
	/* What changed of a record: each combination of columns once. Bits of column_bit; after
	 * those of the columns come those of the list fields. All bits: it is new, or retired. */
	uint64_t kinds[DELTA_KINDS];
	size_t kind_count;
	bool mixed; /* there are more of them than that */
};

/* The bit of a list field among those of the register's columns. */
uint64_t delta_items_bit(const struct reg *r, const struct field *f);

struct delta {
	struct delta_reg *regs; /* as the model's */
	bool too_many;		/* deciding all is cheaper; the rest says nothing then */
};

enum { DELTA_WORN_ROWS = 100000 };

/* The temporary tables of one connection. */
struct delta_tables;
MUST_CHECK enum err_code delta_tables_new(struct ctx *ctx, struct delta_tables **ret_tables);
void delta_tables_free(struct delta_tables *t);
/* Makes those that do not depend on a register, unless they are there; and all of them anew after
 * so many rows that a server, which never sweeps them, would read more of what was deleted than of
 * what is there. In a transaction, whose rollback takes them away. */
MUST_CHECK enum err_code delta_tables_make(struct ctx *ctx, struct delta_tables *t);
/* Puts the rows of the register's records that stand in the table of narrow.h, and no others, into
 * the table of HELD_PREFIX. `a` is the run's. */
MUST_CHECK enum err_code delta_tables_hold(struct ctx *ctx, struct delta_tables *t,
					   const struct reg *r, struct arena *a);
/* So many rows were put into one of them. */
void delta_tables_note(struct delta_tables *t, size_t rows);
/* After a rollback, or with a new connection: it is not known which are there. */
void delta_tables_forget(struct delta_tables *t);

/* Reads what was written since `s`, and fills the tables. `wanted` says of each register of the
 * model whether some check reads it. */
MUST_CHECK enum err_code delta_read(struct assessment *as, struct delta_tables *t,
				    const struct standing *s, const bool *wanted,
				    struct delta *ret_delta);
/* NULL when it did not change. */
const struct changed *delta_find(const struct delta_reg *r, int64_t record);

#endif
