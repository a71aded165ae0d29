/* check_fixture.h -- a store in memory with the shipped registers and a plan of the test's own, and
 * a clock that the test sets.
 *
 * Roles of the plan: `owner`, who answers for its duties, and `judge`, who may waive. Two
 * organisations: `home`, an integrator, and `away`, a member. The plan's zone is Europe/London.
 */
#ifndef CHECK_FIXTURE_H
#define CHECK_FIXTURE_H

#include "check/check.h"
#include "record/workspace.h"

struct check_fixture {
	struct arena arena;
	const char *folder; /* of the plan */
	const struct model *model;
	struct workspace *ws;
	struct ctx *ctx;
	int64_t home;
	int64_t away;
	struct assess_report last;
};

/* `obligations` are the lines of the section's list. It is 2026-06-10T12:00:00Z. */
void check_open(struct check_fixture *f, const char *obligations);
void check_close(struct check_fixture *f);
#define PLAN CLEANUP(check_close) struct check_fixture

/* Two duties that most tests need, of accounts that are enabled though they must not be: 1-a is
 * computed, and gives the login as reason and created_at as the time since when. */
#define HEAD(id, cadence, proof)                                                                   \
	"  - id: " id "\n"                                                                         \
	"    title: Duty " id "\n"                                                                 \
	"    duty: Do it.\n"                                                                       \
	"    owner: [owner]\n"                                                                     \
	"    cadence: " cadence "\n"                                                               \
	"    proof: " proof "\n"                                                                   \
	"    severity: high\n"
#define SCOPE_ENABLED                                                                              \
	"    applies_to: account\n"                                                                \
	"    example: {}\n"                                                                        \
	"    scope: select a.id as record from account a where a.enabled is not null\n"
#define CHECK_ENABLED                                                                              \
	SCOPE_ENABLED                                                                              \
	"    check: select a.id as record, a.login as reason, a.created_at as since "              \
	"from account a where a.enabled = 1\n"
#define BINDS_ALL "    binds: [integrator, member]\n"
#define ATTEST(id, cadence, proof)                                                                 \
	HEAD(id, cadence, proof) "    applies_to: organisation\n" BINDS_ALL
#define DUTY HEAD("1-a", "monthly", "computed") CHECK_ENABLED BINDS_ALL

void check_at(struct check_fixture *f, const char *instant);
/* Assesses; all of it must work. */
const struct assess_report *check_assess(struct check_fixture *f);
/* Assesses again at the same moment: whether that adds no more to the ledger than its own event. */
bool check_settled(struct check_fixture *f);
/* With 300 milliseconds for each check; whatever comes of it. */
enum err_code check_try(struct check_fixture *f);

/* Writes the record with that key as its next version: only the fields that are said have a value,
 * as "login=a|enabled=yes|state=active"; a reference is a record's name. `organisation` 0: its own.
 */
int64_t check_put(struct check_fixture *f, const char *reg, const char *key, int64_t organisation,
		  const char *fields);
void check_retire(struct check_fixture *f, int64_t id);
/* The record belongs to the other organisation from now on; is in that state. */
void check_move(struct check_fixture *f, int64_t id, int64_t organisation);
void check_state(struct check_fixture *f, int64_t id, const char *state);

/* An account of `home`, enabled or not. */
int64_t check_account(struct check_fixture *f, const char *key, bool enabled);

/* What the query gives: columns parted by one space, null as '-', rows by "; ". */
const char *check_ask(struct check_fixture *f, const char *sql);
/* Says both when they differ. */
bool check_is(struct check_fixture *f, const char *sql, const char *expected);

/* State, reason, tested, failing of the newest cell of an obligation and organisation. */
bool check_cell(struct check_fixture *f, const char *obligation, int64_t organisation,
		const char *expected);

#endif
