/* workspace_fixture.h -- a workspace in a folder of its own, with the registers of
 * tests/golden/records: `item` has a field of each type, `dossier` is restricted.
 *
 * What somebody does with the database's own shell is done with the database's own shell, or past
 * the program on a connection of a server.
 */
#ifndef WORKSPACE_FIXTURE_H
#define WORKSPACE_FIXTURE_H

#include "record/workspace.h"
#include "record/writer.h"
#include "verify/verify.h"

enum { VERDICT_FAULTS = 64 };

struct verdict_fault {
	char what[32];
	char record[64];
	char reg[64];
	char organisation[64];
	char message[512];
	int64_t version;
	int64_t index;
};

struct verdict {
	size_t count;
	struct verdict_fault faults[VERDICT_FAULTS];
	struct verification all;
};

struct workspace_fixture {
	struct arena arena;
	const char *home; /* of the workspace that is open */
	const char *folder;
	struct workspace *ws;
	struct ctx *ctx;
	int64_t alpha; /* the integrator, which the plan names */
	int64_t beta;
};

void kept_open(struct workspace_fixture *f);
void kept_close(struct workspace_fixture *f);
#define KEPT CLEANUP(kept_close) struct workspace_fixture

/* Closes the workspace, before other processes are started; and opens it again. */
void kept_leave(struct workspace_fixture *f);
void kept_reopen(struct workspace_fixture *f);
/* Copies the workspace as it is beside it; on a server its rows. */
const char *kept_copy(struct workspace_fixture *f, const char *name);
/* Puts a copy in its place. */
void kept_restore(struct workspace_fixture *f, const char *copy);

/* An empty record of `alpha`, and a field set from text as files give it; a reference is a record's
 * name. */
struct record kept_record(struct workspace_fixture *f, const char *reg, const char *key);
void kept_set(struct workspace_fixture *f, struct record *r, const char *field, const char *text);
/* Writes in a transaction of its own; the record's number, which is new unless it has one. */
int64_t kept_put(struct workspace_fixture *f, struct record *r);
void kept_retire(struct workspace_fixture *f, int64_t id);
void kept_event(struct workspace_fixture *f, const char *kind, const char *detail);

/* Two items with a value in each field, ITM-1 of alpha in two versions and ITM-2 of beta, an item
 * that was retired (ITM-3), a dossier in two versions (DOS-1), and an event. */
void kept_fill(struct workspace_fixture *f);

/* Runs the statements without guards; then those are put back as they were, or stay away. */
void kept_tamper(struct workspace_fixture *f, const char *sql);
void kept_tamper_unguarded(struct workspace_fixture *f, const char *sql);
/* What sqlite3 prints; of SQLite alone. */
const char *kept_ask(struct workspace_fixture *f, const char *sql);

/* Options may be NULL; their callbacks are set here. */
struct verdict kept_verify(struct workspace_fixture *f, const struct verify_options *o);
/* The first fault with that word about that record ("" for none); NULL after printing all. */
const struct verdict_fault *verdict_find(const struct verdict *v, const char *what,
					 const char *record);

#endif
