#include "base/civil.h"
#include "check_fixture.h"
#include "test.h"

#include <string.h>

/* Random writes and clock jumps against a slow model of what must come of them. */

enum { ACCOUNTS = 12, PARTIES = 3, RUNS = 120, SEEDS = 3 };

struct world {
	struct check_fixture f;
	uint64_t random;
	int64_t parties[PARTIES];
	int64_t accounts[ACCOUNTS]; /* 0: not there */
	int owner[ACCOUNTS];
	bool enabled[ACCOUNTS];
	/* Of each organisation: the month of the last run and whether it was proven then. */
	struct civil month;
	int64_t day;
	bool proven[PARTIES];
	bool fails[PARTIES];
};

static unsigned
below(struct world *w, unsigned n)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(w->random >> 33) % n;
}

static void
account_write(struct world *w, int i)
{
	char key[16];

	(void)snprintf(key, sizeof(key), "a%d-%d", i, w->owner[i]);
	w->accounts[i] = check_put(&w->f, "account", key, w->parties[w->owner[i]],
				   w->enabled[i] ? "login=x|enabled=yes" : "login=x|enabled=no");
}

static void
something_happens(struct world *w)
{
	int i = (int)below(w, ACCOUNTS);

	switch (below(w, 4)) {
	case 0:
		if (w->accounts[i])
			check_retire(&w->f, w->accounts[i]);
		w->accounts[i] = 0;
		break;
	case 1:
		if (!w->accounts[i]) {
			w->owner[i] = (int)below(w, PARTIES);
			account_write(w, i);
		}
		break;
	default:
		w->enabled[i] = below(w, 3) == 0;
		if (w->accounts[i])
			account_write(w, i);
		break;
	}
}

static void
time_passes(struct world *w)
{
	static const int64_t hour = 3600000;
	static const int64_t jumps[] = {0, 1, 5, 24, 24, 72, 24 * 6, 24 * 40};
	int64_t *now = &w->f.ctx->clock.fixed_ms;

	*now += jumps[below(w, sizeof(jumps) / sizeof(*jumps))] * hour + below(w, 5) * 1000;
}

static int64_t
count(struct world *w, const char *sql)
{
	return strtoll(check_ask(&w->f, sql), NULL, 10);
}

/* The organisation's cell of a month, and what it must be. */
static void
cell_agrees(struct world *w, int party, struct civil month, const char *expected)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql),
		       "select c.result from cell c where c.organisation = %lld and c.period = "
		       "'%04d-%02d'",
		       (long long)w->parties[party], month.year, month.month);
	CHECK(check_is(&w->f, sql, expected));
}

static void
party_agrees(struct world *w, int party, struct civil month)
{
	int tested = 0, failing = 0;
	char expected[64];
	char sql[256];

	for (int i = 0; i < ACCOUNTS; i++) {
		if (!w->accounts[i] || w->owner[i] != party)
			continue;
		tested++;
		failing += w->enabled[i];
	}
	(void)snprintf(sql, sizeof(sql),
		       "select c.tested, c.failing, (select count(*) from failure f where "
		       "f.organisation = c.organisation and f.fixed_at is null) "
		       "from cell c where c.organisation = %lld and c.period = '%04d-%02d'",
		       (long long)w->parties[party], month.year, month.month);
	(void)snprintf(expected, sizeof(expected), "%d %d %d", tested, failing, failing);
	CHECK(check_is(&w->f, sql, expected));
	cell_agrees(w, party, month, failing ? "failing" : tested ? "proven" : "unproven");
	if (w->day && (month.year != w->month.year || month.month != w->month.month)) {
		int64_t end = civil_days(
			(struct civil){w->month.year, w->month.month,
				       civil_month_length(w->month.year, w->month.month)});

		cell_agrees(w, party, w->month,
			    w->proven[party] && w->day + 7 >= end ? "proven" : "missed");
	}
	w->proven[party] = tested && !failing;
}

static void
run_agrees(struct world *w)
{
	int64_t day = zone_date(w->f.ctx->zone, w->f.ctx->clock.fixed_ms);
	struct civil month = civil_from_days(day);

	(void)check_assess(&w->f);
	for (int p = 0; p < PARTIES; p++)
		party_agrees(w, p, month);
	w->month = month;
	w->day = day;
	CHECK(count(w, "select count(*) from failure f where f.fixed_at < f.first_failed_at") == 0);
	CHECK(count(w,
		    "select count(*) from failure f join failure g on f.subject = g.subject and "
		    "f.id < g.id where f.fixed_at is null or f.fixed_at > g.first_failed_at") == 0);
	CHECK(count(w, "select count(*) from failure_history h where h.retired = 1") == 0);
	CHECK(count(w, "select count(*) from cell c where c.result in ('failing', 'unproven') and "
		       "c.period_to < (select max(d.period_from) from cell d)") == 0);
	CHECK(count(w,
		    "select count(*) from finding n where (n.state = 'open') <> (exists (select 1 "
		    "from cell c where c.organisation = n.organisation and (c.result = 'failing' "
		    "or (c.result = 'missed' and c.proven_late_at is null))))") == 0);
	CHECK(check_settled(&w->f));
}

static void
world_lives(uint64_t seed)
{
	struct world w = {.random = seed};

	check_open(&w.f, HEAD("1-a", "monthly", "computed") SCOPE_ENABLED BINDS_ALL
		   "    check: select a.id as record, a.login as reason from account a "
		   "where a.enabled = 1\n");
	w.parties[0] = w.f.home;
	w.parties[1] = w.f.away;
	w.parties[2] = check_put(&w.f, "organisation", "third", 0, "name=Third|kind=member");
	for (int run = 0; run < RUNS; run++) {
		for (unsigned n = below(&w, 5); n > 0; n--)
			something_happens(&w);
		run_agrees(&w);
		time_passes(&w);
	}
	CHECK(count(&w, "select count(*) from failure") > 10);
	CHECK(count(&w, "select count(*) from cell c where c.result = 'missed'") > 3);
	check_close(&w.f);
}

TEST(whatever_happens_posture_and_failures_are_what_a_slow_model_says)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		world_lives(seed * 7919);
}
