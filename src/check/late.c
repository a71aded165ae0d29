#include "check/late.h"

#include "base/civil.h"

/* Failures that had begun by then and were not over, and of which nothing was recorded by then. */
static const char failures_sql[] =
	"select f.obligation, o.key, f.subject, f.reason, f.first_failed_at, f.recorded_from "
	"from failure f join organisation o on o.id = f.organisation "
	"where f.first_failed_at <= :at and (f.fixed_at is null or f.fixed_at > :at) "
	"and f.recorded_from > :recorded and not exists (select 1 from failure_history h "
	"where h.id = f.id and h.recorded_from <= :recorded) "
	"order by f.obligation, o.key, f.subject";

/* Evidence that says it was accepted by then, and was not recorded so by then. */
static const char evidence_sql[] =
	"select e.obligation, o.key, e.id, 'evidence accepted', e.accepted_at, e.recorded_from "
	"from evidence e join organisation o on o.id = e.organisation "
	"where e.state = 'accepted' and e.accepted_at <= :at and e.recorded_from > :recorded "
	"and not exists (select 1 from evidence_history h where h.id = e.id "
	"and h.recorded_from <= :recorded and h.state = 'accepted') "
	"order by e.obligation, o.key, e.id";

static enum err_code
facts(struct ctx *ctx, const char *sql, int64_t instant_ms,
      void (*take)(void *object, const struct late_fact *f), void *object)
{
	char at[CIVIL_INSTANT_LEN + 1];
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare_scan(ctx->db, sql, &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	civil_format_instant(instant_ms, at);
	db_bind_text(s, db_param(s, "at"), str_of(at));
	db_bind_int(s, db_param(s, "recorded"), instant_ms);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		const struct late_fact f = {.evidence = sql == evidence_sql,
					    .obligation_id = db_text(s, 0),
					    .organisation_key = db_text(s, 1),
					    .record = db_int(s, 2),
					    .reason = db_text(s, 3),
					    .true_from = db_text(s, 4),
					    .recorded_at = db_int(s, 5)};

		take(object, &f);
	}
	return rc;
}

enum err_code
late_facts(struct ctx *present, int64_t instant_ms,
	   void (*take)(void *object, const struct late_fact *f), void *object)
{
	DB_TXN txn = {0};
	enum err_code rc = db_begin_read(present->db, &txn, &present->err);

	if (!rc)
		rc = facts(present, failures_sql, instant_ms, take, object);
	return rc ? rc : facts(present, evidence_sql, instant_ms, take, object);
}
