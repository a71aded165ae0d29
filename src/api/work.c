#include "duty/work.h"

#include "api/caller.h"
#include "api/routes.h"
#include "base/civil.h"
#include "base/limits.h"
#include "duty/calendar.h"
#include "duty/feed.h"

enum { WORK_LIMIT = 100, WORK_DAYS = 14, CALENDAR_LIMIT = 100 };

static enum err_code
within(struct call *c, const char *name, int64_t number, int64_t least, int64_t most)
{
	if (number >= least && number <= most)
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_INVALID, name, "'%s' must be from %lld to %lld", name,
		       (long long)least, (long long)most);
}

static enum err_code
question_read(struct call *c, struct work_question *q)
{
	struct str kind = http_query(c->r, "kind");
	enum err_code rc = call_number(c, "days", WORK_DAYS, &q->days);

	if (!rc)
		rc = within(c, "days", q->days, 0, LIMIT_WORK_DAYS);
	if (!rc)
		rc = call_number(c, "limit", WORK_LIMIT, &q->limit);
	if (!rc)
		rc = within(c, "limit", q->limit, 1, LIMIT_WORK_ROWS);
	for (int i = 0; kind.ptr && i < WORK_KINDS; i++) {
		if (str_is(kind, work_kind_names[i]))
			q->kinds |= 1U << i;
	}
	return rc;
}

static void
cell_tell(struct call *c, const struct work *w)
{
	const struct posture_cell *cell = w->cell;

	jw_key_word(&c->w, "title", cell->obligation->title);
	jw_key_text(&c->w, "organisation", cell->organisation_key);
	jw_key_word(&c->w, "obligation", cell->obligation->id);
	jw_key_text(&c->w, "record", (struct str){0});
	jw_key_text(&c->w, "register", (struct str){0});
	jw_key_word(&c->w, "state", cell_state_names[cell->state]);
	jw_key_text(&c->w, "reason", cell->reason);
	jw_key_int(&c->w, "failing", cell->failing);
	jw_key_text(&c->w, "due", cell->period_to);
	jw_key_text(&c->w, "since",
		    w->kind == WORK_FAILING ? cell->first_failed_at : cell->changed_at);
}

static void
decision_tell(struct call *c, const struct work *w)
{
	char name[RECORD_NAME_SIZE];

	record_name(c->ctx.model, w->record, name);
	jw_key_text(&c->w, "title", w->key);
	jw_key_text(&c->w, "organisation", w->organisation_key);
	jw_key_text(&c->w, "obligation", (struct str){0});
	jw_key_word(&c->w, "record", name);
	jw_key_word(&c->w, "register", w->reg->name);
	jw_key_text(&c->w, "state", w->state);
	jw_key_text(&c->w, "reason", (struct str){0});
	jw_key_int(&c->w, "failing", 0);
	jw_key_text(&c->w, "due", (struct str){0});
	jw_key_text(&c->w, "since", w->in_state_since);
}

static void
steps_tell(struct call *c, const struct steps *steps)
{
	jw_key(&c->w, "steps");
	jw_array(&c->w);
	for (size_t i = 0; i < steps->count; i++)
		jw_text(&c->w, str_of(steps->rows[i].transition->to));
	jw_end_array(&c->w);
}

static void
row_write(struct call *c, const struct work *w)
{
	jw_object(&c->w);
	jw_key_word(&c->w, "kind", work_kind_names[w->kind]);
	if (w->cell)
		cell_tell(c, w);
	else
		decision_tell(c, w);
	steps_tell(c, &w->steps);
	jw_end_object(&c->w);
}

enum err_code
work_show(struct call *c)
{
	struct work_question q = {0};
	struct work_list l = {0};
	enum err_code rc = question_read(c, &q);

	if (!rc)
		rc = work_read(&c->ctx, &q, &l);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "totals");
	jw_object(&c->w);
	for (int i = 0; i < WORK_KINDS; i++)
		jw_key_int(&c->w, work_kind_names[i], l.totals[i]);
	jw_end_object(&c->w);
	jw_key_bool(&c->w, "decisions_are_all", l.decisions_are_all);
	jw_key(&c->w, "work");
	jw_array(&c->w);
	for (size_t i = 0; i < l.count; i++)
		row_write(c, &l.rows[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

static enum err_code
day_read(struct call *c, const char *name, int64_t otherwise, int64_t *ret_day)
{
	struct str text = http_query(c->r, name);

	*ret_day = otherwise;
	if (!text.ptr || civil_parse_date(text, ret_day))
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_USAGE, name, "'%s' takes a day, as 2026-03-01", name);
}

static bool
asks_all(const struct call *c)
{
	return str_is(http_query(c->r, "scope"), "all");
}

static enum err_code
days_read(struct call *c, struct calendar_question *q)
{
	struct civil date = civil_from_days(zone_date(c->ctx.zone, clock_now(&c->ctx.clock)));
	enum err_code rc;

	date.day = 1;
	rc = day_read(c, "from", civil_days(date), &q->from);
	date = civil_from_days(q->from);
	date.day = civil_month_length(date.year, date.month);
	if (!rc)
		rc = day_read(c, "to", civil_days(date), &q->to);
	if (!rc && q->to < q->from)
		rc = err_set(&c->ctx.err, ERR_INVALID, "to", "'to' must not be before 'from'");
	if (!rc && q->to - q->from >= LIMIT_CALENDAR_DAYS)
		rc = err_set(&c->ctx.err, ERR_INVALID, "to",
			     "a calendar has at most %d days; ask for fewer at once",
			     LIMIT_CALENDAR_DAYS);
	return rc;
}

static void
day_key(struct call *c, const char *name, int64_t day)
{
	char text[CIVIL_DATE_LEN + 1];

	civil_format_date(day, text);
	jw_key_text(&c->w, name, str_of(text));
}

static void
entry_tell(struct call *c, const struct calendar_entry *e)
{
	char name[RECORD_NAME_SIZE], at[CIVIL_INSTANT_LEN + 1];

	record_name(c->ctx.model, e->record, name);
	civil_format_instant(e->key.at, at);
	jw_object(&c->w);
	jw_key_word(&c->w, "kind", calendar_kind_names[e->kind]);
	day_key(c, "day", e->key.day);
	jw_key_word(&c->w, "at", e->key.at ? at : NULL);
	jw_key_word(&c->w, "state", calendar_state_names[e->state]);
	jw_key_text(&c->w, "stands", e->stands);
	jw_key_text(&c->w, "title", e->title);
	jw_key_text(&c->w, "organisation", e->organisation_key);
	jw_key_word(&c->w, "obligation", e->obligation ? e->obligation->id : NULL);
	jw_key_text(&c->w, "period", e->period);
	jw_key_text(&c->w, "proven_late_at", e->proven_late_at);
	jw_key_word(&c->w, "record", e->record ? name : NULL);
	jw_key_text(&c->w, "key", e->record_key);
	jw_key_word(&c->w, "register", e->reg ? e->reg->name : NULL);
	jw_key_word(&c->w, "field", e->due ? e->due->field->name : NULL);
	jw_key_word(&c->w, "label", e->due ? e->due->field->label : NULL);
	steps_tell(c, &e->steps);
	jw_end_object(&c->w);
}

enum err_code
work_calendar(struct call *c)
{
	struct calendar_question q = {.all = asks_all(c), .after = http_query(c->r, "after")};
	struct calendar l = {0};
	enum err_code rc = days_read(c, &q);

	if (!rc)
		rc = call_number(c, "limit", CALENDAR_LIMIT, &q.limit);
	if (!rc)
		rc = within(c, "limit", q.limit, 1, LIMIT_CALENDAR_ROWS);
	if (!rc)
		rc = calendar_read(&c->ctx, &q, &l);
	if (rc)
		return rc;
	jw_object(&c->w);
	day_key(c, "from", q.from);
	day_key(c, "to", q.to);
	day_key(c, "today", l.today);
	jw_key_bool(&c->w, "leaves_out", l.leaves_out);
	jw_key(&c->w, "entries");
	jw_array(&c->w);
	for (size_t i = 0; i < l.count; i++)
		entry_tell(c, &l.entries[i]);
	jw_end_array(&c->w);
	jw_key_text(&c->w, "next", l.next);
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* Links lead to where browsers find the server; where nobody said that, to where it was asked. */
enum err_code
work_feed(struct call *c)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_CALENDAR_BYTES};
	struct str told = c->service->site.origin;
	const struct feed f = {.site = told.ptr ? str_z(c->r->arena, told) : call_here(c),
			       .all = asks_all(c)};
	struct str body, tag = {0};
	enum err_code rc = c->who.calendar
				   ? meter_take(&c->service->fetches, c, LIMIT_CALENDAR_FETCHES)
				   : ERR_NONE;

	if (!rc)
		rc = feed_write(&c->ctx, &f, &text);
	if (!rc && text.failed)
		rc = err_set(&c->ctx.err, ERR_TOO_BIG, "", "the calendar is too long");
	if (rc)
		return rc;
	body = str_dup(c->r->arena, (struct str){text.data, text.len});
	rc = text_tag(body, c->r->arena, &tag, &c->ctx.err);
	if (!rc)
		call_tell_tagged(c, "text/calendar; charset=utf-8", body, tag);
	return rc;
}
