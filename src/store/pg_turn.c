#include "store/pg_priv.h"

#include "base/limits.h"
#include "sys/clock.h"

#include <stdio.h>
#include <string.h>

/* Those who write take turns, whole transactions at a time, as in a file: so there is one sequence
 * of changes, and none can deadlock. The turn ends with the transaction, or with the connection
 * when its holder dies: the server sees that at once when a process ends, and by keepalives when a
 * machine does. A holder that is only stopped keeps its connection. Those who wait watch it, and
 * end it when the server has had nothing from it for long. */

enum {
	LOOK_MS = 2000, /* between two looks at the holder */
	SEEN_SIZE = 200,
	SQL_SIZE = 512
};

#define TURN "hashtextextended(current_schema() || '/write', 0)"

/* What the holder did last, where the server waits for it; no row when there is none, or the server
 * itself is at work. Rows of a load on their way count as something done. */
static const char holder_look[] =
	"select h.seen, case when h.seen = cast(:silent as text) "
	"then cast(pg_terminate_backend(h.pid) as int) else 0 end from ("
	"select a.pid, concat_ws(' ', a.pid, a.xact_start, a.query_start, a.state_change, "
	"c.bytes_processed) as seen from pg_locks l "
	"join pg_stat_activity a on a.pid = l.pid "
	"left join pg_stat_progress_copy c on c.pid = l.pid "
	"where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and "
	"l.database = (select o.oid from pg_database o where o.datname = current_database()) and "
	"(cast(l.classid as bigint) << 32 | cast(l.objid as bigint)) = " TURN " and "
	"a.wait_event_type = 'Client') h";

struct watch {
	char seen[SEEN_SIZE];
	int64_t since;
};

static enum err_code
holder_watch(struct pg_db *d, struct watch *w, struct err *e)
{
	DB_STMT *s = NULL;
	int64_t now = clock_monotonic_ms();
	bool silent = w->seen[0] != '\0' && now - w->since >= (int64_t)LIMIT_SILENT_SECONDS * 1000;
	bool row = false;
	enum err_code rc = db_prepare(&d->base, holder_look, &s, e);

	if (rc)
		return rc;
	db_bind_text(s, 1, silent ? str_of(w->seen) : (struct str){0});
	rc = db_step(s, &row, e);
	if (rc)
		return rc;
	if (!row || !str_is(db_text(s, 0), w->seen)) {
		(void)snprintf(w->seen, sizeof(w->seen), "%.*s",
			       STR_ARG(row ? db_text(s, 0) : str_of("")));
		w->since = now;
	}
	return ERR_NONE;
}

static enum err_code
turn_wait(struct pg_db *d, int64_t ms, struct err *e)
{
	char sql[SQL_SIZE];
	enum err_code rc;

	(void)snprintf(sql, sizeof(sql),
		       "begin isolation level read committed; set local lock_timeout = %lld; "
		       "select pg_advisory_xact_lock(" TURN "); set local lock_timeout = %d",
		       (long long)ms, LIMIT_BUSY_SECONDS * 1000);
	rc = pg_exec(&d->base, sql, e);
	if (rc && PQstatus(d->conn) == CONNECTION_OK)
		(void)pg_exec(&d->base, "rollback", &(struct err){0});
	return rc;
}

enum err_code
pg_turn_take(struct pg_db *d, struct err *e)
{
	int64_t end = clock_monotonic_ms() + (int64_t)LIMIT_BUSY_SECONDS * 1000;
	struct watch w = {0};
	enum err_code rc;

	for (;;) {
		struct err none;

		rc = turn_wait(d, LOOK_MS, e);
		if (rc != ERR_BUSY || clock_monotonic_ms() >= end)
			return rc;
		if (holder_watch(d, &w, &none))
			return rc;
	}
}
