/* assess_priv.h -- one assessment: what it found, what else the store says, and what it writes. */
#ifndef CHECK_ASSESS_PRIV_H
#define CHECK_ASSESS_PRIV_H

#include "check/check.h"
#include "check/run.h"
#include "record/writer.h"

enum { CHECK_WORKERS = 2, WORK_MEMORY = 1024 * 1024 * 1024 };

struct party {
	int64_t id;
	struct str key;
	struct str kind;
	struct str state;
	struct str from; /* dates of service; {NULL, 0} when unknown */
	struct str to;
};

struct waiver_fact {
	int64_t id;
	struct str obligation;
	int64_t subject; /* 0: the whole obligation */
	int64_t organisation;
	bool not_applicable;
	struct str valid_to; /* {NULL, 0} when it has no end */
};

struct evidence_fact {
	struct str obligation;
	int64_t organisation;
	int64_t from; /* days; both ends are within */
	int64_t to;
	bool accepted;
	int64_t accepted_at; /* milliseconds */
};

struct feed_fact {
	struct str reg;
	int64_t organisation;
	int64_t delivered_at; /* milliseconds */
	bool empty;	      /* complete and without a row */
};

/* What the store says beside the checks. */
struct facts {
	struct party *parties;
	size_t party_count;
	struct waiver_fact *waivers;
	size_t waiver_count;
	struct evidence_fact *evidence;
	size_t evidence_count;
	struct feed_fact *feeds;
	size_t feed_count;
	int64_t last_run;    /* milliseconds; 0 when there was none */
	int64_t ledger_size; /* leaves in the ledger */
};

/* When the last assessment was, as an instant's text; {NULL, 0} when there was none. */
MUST_CHECK enum err_code assessed_last(struct ctx *ctx, struct arena *a, struct str *ret_instant);
MUST_CHECK enum err_code facts_read(struct ctx *ctx, int64_t today, struct arena *a,
				    struct facts *ret_facts);
/* The organisations alone. */
MUST_CHECK enum err_code facts_parties(struct ctx *ctx, struct arena *a, struct facts *ret_facts);
/* Leaves in the ledger, as sealed. */
MUST_CHECK enum err_code ledger_size(struct ctx *ctx, int64_t *ret_size);
const struct party *facts_party(const struct facts *f, int64_t id);
/* Whether the organisation must do it in the period, records or not. */
bool facts_binds(const struct party *p, const struct obligation *o, const struct period *period);
/* The waiver in force for the record (subject 0: for the whole obligation), or NULL. */
const struct waiver_fact *facts_waiver(const struct facts *f, const struct obligation *o,
				       int64_t organisation, int64_t subject);
/* Oldest that a delivery into the register may be, in civil days. */
int64_t feed_max_age(const struct ctx *ctx, const struct reg *r);
/* Whether the deliveries of the organisation into the register are as young as they must be. */
bool facts_feed_fresh(const struct facts *f, const struct ctx *ctx, const struct reg *r,
		      int64_t organisation, int64_t now);
/* Whether every feed that the obligation names is as young as it must be. */
bool facts_fresh(const struct facts *f, const struct ctx *ctx, const struct obligation *o,
		 int64_t organisation, int64_t now);

enum evidence_state { EVIDENCE_NONE, EVIDENCE_SUBMITTED, EVIDENCE_ACCEPTED };

struct evidence_question {
	const struct obligation *obligation;
	int64_t organisation;
	const struct period *period;
	int64_t by; /* what was accepted later does not count */
};
/* Whether evidence covers all of the period; *ret_at is when the last piece of it was accepted. */
enum evidence_state facts_evidence(const struct facts *f, const struct evidence_question *q,
				   int64_t *ret_at);

/* How much of an obligation a run decides. */
enum decided { DECIDED_ALL, DECIDED_SOME, DECIDED_NONE };

/* One obligation as its check decided it. */
struct decision {
	const struct obligation *obligation;
	struct period period;
	enum decided how;
	struct check_result result;
	const char *error; /* why the check could not decide, or NULL */
	int64_t ns;
	/* What is recorded of the records that were decided, when it is only some. */
	struct intervals *known;
};

struct stretch {
	int64_t organisation;
	int64_t from; /* milliseconds */
	int64_t to;   /* INT64_MAX: still open */
};

/* The failures of one obligation after this run. */
struct failure_state {
	struct stretch *stretches; /* of failures that no waiver tolerates, in no order */
	size_t count;
};

struct assessment {
	struct ctx *ctx;
	struct arena work;		   /* of this run */
	struct arena found[CHECK_WORKERS]; /* what the checks found */
	int64_t now;
	int64_t today;
	struct facts facts;
	struct decision *decisions;
	struct writer *writer;
	struct cells *cells;
	struct assess_report report;
	int64_t failures_written;  /* versions of failures */
	struct intervals *changed; /* failures that are to be written, of the obligation in hand */
	struct assessor *assessor; /* NULL while the past is decided */
	const struct assess_options *options;
	struct again *again;	/* NULL: what is decided is written */
	struct intervals *past; /* of each obligation, while the past is decided */
};

/* A fault of one check is its own: it is told in the decision, and the others go on. What the store
 * cannot do stays an error. */
enum err_code decision_failed(struct ctx *ctx, struct decision *d, enum err_code rc);

/* pool.c: shares the checks out between a few threads, each with a connection of its own; all see
 * one state. */
MUST_CHECK enum err_code checks_run(struct assessment *as);
/* Whether both are about the same scope in the same period, so that one run of it serves both. */
bool decision_same_scope(const struct decision *a, const struct decision *b);

/* failures.c: brings the recorded failures of one obligation to what the check found. */
MUST_CHECK enum err_code failures_settle(struct assessment *as, const struct decision *d,
					 struct failure_state *ret_state);

/* Of one obligation, of which only some records were decided: what is recorded of those that stand
 * in the table of narrow.h. To be asked before anything is written. `known` is NULL the first time
 * that it is asked about these records, and then keeps what is recorded of every obligation. */
MUST_CHECK enum err_code failures_known(struct assessment *as, struct decision *d,
					struct intervals **known);
/* Brings those to what the check found. */
MUST_CHECK enum err_code failures_settle_some(struct assessment *as, const struct decision *d);
/* The failures of the obligation as they are recorded now; the decision then lists all records that
 * fail. */
MUST_CHECK enum err_code failures_recorded(struct assessment *as, struct decision *d,
					   struct failure_state *ret_state);

/* cells.c: of one obligation, or of all when it is NULL. */
MUST_CHECK enum err_code cells_load(struct assessment *as, const struct obligation *only);
MUST_CHECK enum err_code cells_settle(struct assessment *as, const struct decision *d,
				      const struct failure_state *f);

/* nonconformity.c: one finding for each obligation and organisation whose cell fails. */
struct nonconformity {
	const struct obligation *obligation;
	const struct party *party;
	int64_t failing;
	int64_t since;
	int64_t cell;
	bool stands; /* false: it is put right, or tolerated */
	bool waived;
};
MUST_CHECK enum err_code nonconformity_settle(struct assessment *as, const struct nonconformity *n);

/* Milliseconds of a column that holds an instant's text; 0 when it is null. */
int64_t row_instant(const struct db_stmt *row, int column);
/* An instant as a field's text, in the run's memory. */
struct str instant_text(struct assessment *as, int64_t ms);
struct str date_text(struct assessment *as, int64_t days);
/* "before/ORGANISATION" and what comes after, for the key of a record: by the organisation's key,
 * or by its number where that makes it too long. In the run's memory; {NULL, 0} when even that is.
 */
struct str settle_key(struct assessment *as, const char *before, const struct party *p,
		      const char *after);
/* Writes a record of Holdfast's own under its key, as the next version of what is there. */
MUST_CHECK enum err_code settle_put(struct assessment *as, struct record *r);

#endif
