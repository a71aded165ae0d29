#include "job/runs.h"

#include "base/civil.h"
#include "base/limits.h"
#include "store/db.h"
#include "store/find.h"

#include <stdlib.h>

/* So many of a page, and so many events that are looked at for one. */
enum { SHOWN = 50, LOOKED = 100000 };

static void
number_json(struct json_writer *w, const char *name, const json_t *detail)
{
	const json_t *number = json_object_get(detail, name);

	jw_key(w, name);
	if (json_is_integer(number))
		jw_int(w, json_integer_value(number));
	else
		jw_null(w);
}

static void
totals_json(struct json_writer *w, const json_t *detail)
{
	static const char *const names[] = {"proven", "failing", "unproven",	  "quiet",
					    "missed", "waived",	 "not_applicable"};

	jw_key(w, "totals");
	jw_object(w);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		number_json(w, names[i], detail);
	jw_end_object(w);
}

/* One event, with what its detail says. */
typedef void event_tell(struct json_writer *w, const struct db_stmt *s, const json_t *detail);

static void
instant_json(struct json_writer *w, const struct db_stmt *s)
{
	char at[CIVIL_INSTANT_LEN + 1];

	civil_format_instant(db_int(s, 1), at);
	jw_key_word(w, "at", at);
	jw_key_text(w, "by", db_text(s, 2));
}

static void
run_tell(struct json_writer *w, const struct db_stmt *s, const json_t *detail)
{
	const json_t *full = json_object_get(detail, "full");

	jw_object(w);
	instant_json(w, s);
	jw_key_word(w, "plan", json_string_value(json_object_get(detail, "plan")));
	jw_key(w, "full");
	/* Those before did not say it. */
	if (full)
		jw_bool(w, json_is_true(full));
	else
		jw_null(w);
	number_json(w, "obligations", detail);
	number_json(w, "records", detail);
	totals_json(w, detail);
	number_json(w, "failures_opened", detail);
	number_json(w, "failures_fixed", detail);
	jw_end_object(w);
}

static void
plan_tell(struct json_writer *w, const struct db_stmt *s, const json_t *detail)
{
	static const char *const texts[] = {"hash", "plan", "version"};
	const json_t *changes = json_object_get(detail, "changes");
	char *text = changes ? json_dumps(changes, JSON_COMPACT) : NULL;

	jw_object(w);
	instant_json(w, s);
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		jw_key_word(w, texts[i], json_string_value(json_object_get(detail, texts[i])));
	jw_key(w, "changes");
	if (text)
		jw_json(w, str_of(text));
	else
		jw_null(w);
	jw_end_object(w);
	free(text);
}

static enum err_code
event_json(struct ctx *ctx, struct json_writer *w, const struct db_stmt *s, event_tell *tell)
{
	json_t *detail = NULL;
	enum err_code rc = json_read(db_text(s, 3), &detail, &ctx->err);

	if (!rc)
		tell(w, s, detail);
	json_decref(detail);
	return rc;
}

static enum err_code
newest_find(struct ctx *ctx, int64_t *ret_id)
{
	const struct db_find f = {"select max(id) from event", {{0}}};

	return db_find_int(ctx->db, &f, ret_id, NULL, &ctx->err);
}

/* Events of a kind. */
struct kind {
	const char *name;
	const char *list; /* as the reply calls them */
	event_tell *tell;
};

/* *ret_next: where the next page begins; 0 when there is none. */
static enum err_code
events_read(struct ctx *ctx, const struct kind *k, const struct runs_question *q, int64_t *ret_next)
{
	int64_t newest = 0, before, count = 0;
	DB_STMT *s = NULL;
	enum err_code rc = newest_find(ctx, &newest);
	bool row = false;

	if (!rc)
		rc = db_prepare(ctx->db,
				"select e.id, e.at, a.name, e.detail from event e join actor a on "
				"a.id = e.actor where e.id < :before and e.id >= :low and e.kind = "
				":kind order by e.id desc",
				&s, &ctx->err);
	if (rc)
		return rc;
	before = q->before <= newest ? q->before : newest + 1;
	*ret_next = before > LOOKED ? before - LOOKED : 0;
	db_bind_int(s, 1, before);
	db_bind_int(s, 2, *ret_next);
	db_bind_text(s, 3, str_of(k->name));
	while (!rc && !(rc = db_step(s, &row, &ctx->err)) && row) {
		if (count++ == SHOWN) {
			*ret_next = before;
			break;
		}
		before = db_int(s, 0);
		rc = event_json(ctx, q->w, s, k->tell);
	}
	return rc;
}

static enum err_code
events_look(struct ctx *ctx, const struct kind *k, const struct runs_question *q)
{
	int64_t next = 0;
	enum err_code rc;

	jw_object(q->w);
	jw_key(q->w, k->list);
	jw_array(q->w);
	rc = events_read(ctx, k, q, &next);
	jw_end_array(q->w);
	jw_key(q->w, "next");
	if (next)
		jw_int(q->w, next);
	else
		jw_null(q->w);
	jw_end_object(q->w);
	return rc;
}

enum err_code
runs_look(struct ctx *ctx, void *question)
{
	static const struct kind runs = {"assessed", "assessments", run_tell};

	return events_look(ctx, &runs, question);
}

enum err_code
plans_look(struct ctx *ctx, void *question)
{
	static const struct kind plans = {"plan_taken_in", "versions", plan_tell};

	return events_look(ctx, &plans, question);
}
