/* verify_priv.h -- the parts of a verification, private to the records. */
#ifndef VERIFY_VERIFY_PRIV_H
#define VERIFY_VERIFY_PRIV_H

#include "record/scan.h"
#include "verify/verify.h"

#include <pthread.h>

/* The events, then each register, are done by one, in order, or shared out between two. */
struct sharing {
	pthread_mutex_t lock;	  /* of all below */
	const struct reg **parts; /* NULL: the events */
	size_t count;
	size_t next;
	uint64_t done; /* versions and events seen, in steps */
	bool amiss;    /* one of two found something, so that neither goes on */
};

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
	struct sharing *sharing;
	bool quiet;    /* one of two: what it finds is counted, not told */
	bool progress; /* it tells how far all are */
	bool stopped;  /* the other one found something */
	struct ledger_audit *audit;
	struct actor *actors; /* by id */
	size_t actor_count;
	struct sealed *sealed; /* by `to` */
	size_t sealed_count;
	size_t sealed_last; /* found last: the next is mostly the same */
	struct buf entry;
	uint64_t done; /* versions and events seen */
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

/* verify_rows.c: the events, then the registers in the order of their numbers. */
void verify_parts(struct ctx *ctx, struct sharing *ret_sharing);
MUST_CHECK enum err_code verify_part(struct verifier *v, const struct reg *part);

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

/* verify_plans.c: that each plan which was taken in is kept as it was, and that the one in force is
 * the last of them. */
MUST_CHECK enum err_code verify_plans(struct verifier *v);

/* verify_pair.c: whether nothing is amiss, looked at by two at once. When something is, or they
 * cannot work, nothing is said of it: one who reads all in order says it. */
bool verify_by_two(struct ctx *ctx, const struct verify_options *o,
		   struct verification *ret_verification);

/* verify.c */
MUST_CHECK enum err_code verifier_open(struct verifier *v);
void verifier_close(struct verifier *v);
/* What is verified before the parts, the parts that nobody has taken, and what comes after all. */
MUST_CHECK enum err_code verify_before(struct verifier *v);
MUST_CHECK enum err_code verify_taken(struct verifier *v);
MUST_CHECK enum err_code verify_after(struct verifier *v, struct verification *out);
void verify_progress(struct verifier *v);
/* One of two that need not go on. */
bool verify_ends(const struct verifier *v);

#endif
