/* verify_priv.h -- the parts of a verification, private to the records. */
#ifndef VERIFY_VERIFY_PRIV_H
#define VERIFY_VERIFY_PRIV_H

#include "record/scan.h"
#include "verify/verify.h"

/* The rows of ledger_leaf in order, read beside what they stand for. */
struct leaf_stream {
	struct db_stmt *rows;
	bool more;
	struct ledger_claim at;
};

/* Rows of ledger_leaf that no version answers to; the first of them are kept. */
enum { LEAVES_KEPT = 1000 };

struct actor {
	int64_t id;
	struct str name;
};

/* A checkpoint seals the leaves from the size before to its own, all recorded at its time. */
struct sealed {
	int64_t from;
	int64_t to;
	int64_t at;
	bool told;
};

struct verifier {
	struct ctx *ctx;
	const struct verify_options *o;
	struct ledger *ledger;
	struct ledger_audit *audit;
	struct leaf_stream leaves;
	struct ledger_claim *lone; /* LEAVES_KEPT */
	size_t lone_count;
	struct actor *actors; /* by id */
	size_t actor_count;
	struct sealed *sealed; /* by `to` */
	size_t sealed_count;
	size_t sealed_last; /* found last: the next is mostly the same */
	struct buf entry;
	uint64_t done; /* versions and events seen */
	uint64_t leaf_count;
	uint64_t faults;
	size_t tables_missing;
};

/* What a fault is about. `organisation` 0: look it up. */
struct subject {
	const char *what;
	int64_t id; /* 0: nothing */
	int64_t version;
	int64_t organisation;
	int64_t index;
};

/* verify_name.c: reports a fault; `format` begins after the name of the subject, when it has one.
 */
void verify_report(struct verifier *v, const struct subject *s, const char *format, ...)
	PRINTF(3, 4);
/* As `found` of ledger_audit_open. */
void verify_ledger_fault(void *object, const struct ledger_fault *f);

/* verify_rows.c: every event, then the registers in the order of their numbers. */
MUST_CHECK enum err_code verify_rows(struct verifier *v);

/* verify_kernel.c */
MUST_CHECK enum err_code verify_tables(struct verifier *v);
MUST_CHECK enum err_code verify_guards(struct verifier *v);
MUST_CHECK enum err_code verify_actors_load(struct verifier *v);
MUST_CHECK enum err_code verify_sealed_load(struct verifier *v);
/* That the leaf was recorded when its checkpoint says: notes bear no time. */
void verify_time(struct verifier *v, int64_t index, int64_t recorded);
/* {NULL, 0} after a report. */
struct str verify_actor(struct verifier *v, int64_t id, const struct subject *s);
MUST_CHECK enum err_code verify_counter(struct verifier *v, const struct reg *r, int64_t highest);

/* verify.c: the leaf of a version, -1 when it has none. Subjects and versions ascend. */
MUST_CHECK enum err_code verify_leaf_of(struct verifier *v, int64_t subject, int64_t version,
					int64_t *ret_index);
void verify_progress(struct verifier *v);

#endif
