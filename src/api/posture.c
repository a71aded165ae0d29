#include "check/posture.h"

#include "api/routes.h"
#include "base/civil.h"
#include "base/limits.h"
#include "duty/tally.h"
#include "list/list.h"
#include "store/find.h"

#include <stdio.h>
#include <string.h>

/* The number of the organisation with that key; 0 when none was asked for. */
static enum err_code
organisation_find(struct call *c, int64_t *ret_id)
{
	const struct str key = http_query(c->r, "organisation");
	const struct db_find f = {"select o.id from organisation o where o.key = :key",
				  {db_of_text(key)}};
	enum err_code rc;
	bool found;

	*ret_id = 0;
	if (!key.ptr)
		return ERR_NONE;
	rc = db_find_int(c->ctx.db, &f, ret_id, &found, &c->ctx.err);
	if (!rc && !found)
		return err_set(&c->ctx.err, ERR_MISSING, "organisation",
			       "there is no organisation '%.60s'", key.ptr);
	return rc;
}

static enum err_code
obligation_find(struct call *c, const char **ret_id)
{
	struct str id = http_query(c->r, "obligation");
	const struct obligation *o;

	if (!id.ptr)
		return ERR_NONE;
	o = model_obligation(c->ctx.model, id);
	if (!o)
		return err_set(&c->ctx.err, ERR_MISSING, "obligation",
			       "the plan has no obligation '%.60s'", id.ptr);
	*ret_id = o->id;
	return ERR_NONE;
}

/* "2026-03": the cells whose period holds the last day of the month. */
static enum err_code
period_read(struct call *c, const char **ret_day)
{
	struct str period = http_query(c->r, "period");
	char *day = arena_alloc(c->r->arena, CIVIL_DATE_LEN + 1);
	struct civil date;
	int64_t first;

	if (!period.ptr)
		return ERR_NONE;
	(void)snprintf(day, CIVIL_DATE_LEN + 1, "%.7s-01", period.ptr);
	if (period.len != 7 || !civil_parse_date(str_of(day), &first))
		return err_set(&c->ctx.err, ERR_USAGE, "period",
			       "'period' takes a month, as 2026-03");
	date = civil_from_days(first);
	date.day = civil_month_length(date.year, date.month);
	civil_format_date(civil_days(date), day);
	*ret_day = day;
	return ERR_NONE;
}

static enum err_code
question_read(struct call *c, struct posture_question *q)
{
	struct str section = http_query(c->r, "section");
	struct str state = http_query(c->r, "state");
	enum err_code rc = obligation_find(c, &q->obligation);

	if (!rc && section.ptr)
		rc = call_section(c, section, &q->section);
	if (!rc)
		rc = period_read(c, &q->day);
	if (state.ptr)
		q->states = 1U << cell_state_of(state);
	q->all_periods = str_is(http_query(c->r, "periods"), "all");
	return rc ? rc : organisation_find(c, &q->organisation);
}

static void
cell_write(struct call *c, const struct posture_cell *cell)
{
	char name[RECORD_NAME_SIZE];

	record_name(c->ctx.model, cell->id, name);
	jw_object(&c->w);
	jw_key_text(&c->w, "id", str_of(name));
	jw_key_text(&c->w, "obligation", str_of(cell->obligation->id));
	jw_key_text(&c->w, "organisation", cell->organisation_key);
	jw_key_text(&c->w, "period", cell->period);
	jw_key_text(&c->w, "period_to", cell->period_to);
	jw_key_text(&c->w, "state", str_of(cell_state_names[cell->state]));
	jw_key_text(&c->w, "reason", cell->reason);
	jw_key_int(&c->w, "tested", cell->tested);
	jw_key_int(&c->w, "failing", cell->failing);
	jw_key_text(&c->w, "first_failed_at", cell->first_failed_at);
	jw_key_text(&c->w, "worst", str_of(cell_state_names[cell->worst]));
	jw_key_int(&c->w, "failed_hours", cell->failed_hours);
	jw_key_text(&c->w, "changed_at", cell->changed_at);
	jw_key_text(&c->w, "proven_late_at", cell->proven_late_at);
	jw_key_text(&c->w, "plan_hash", cell->plan_hash);
	jw_end_object(&c->w);
}

static void
parties_write(struct call *c, const struct tallies *t)
{
	jw_key(&c->w, "organisations");
	jw_array(&c->w);
	for (size_t i = 0; i < t->party_count; i++) {
		jw_object(&c->w);
		jw_key_text(&c->w, "key", t->parties[i].key);
		jw_key_text(&c->w, "name", t->parties[i].name);
		jw_key_text(&c->w, "kind", t->parties[i].kind);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
}

enum err_code
posture_show_cells(struct call *c)
{
	struct posture_question q = {0};
	struct posture_list l = {0};
	struct tallies t = {0};
	struct str assessed = {0};
	enum err_code rc = question_read(c, &q);

	if (!rc)
		rc = posture_assessed(&c->ctx, &assessed);
	if (!rc)
		rc = posture_cells(&c->ctx, &q, c->r->arena, &l);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_text(&c->w, "assessed_at", assessed);
	tallies_name(c->r->arena, &l, &t);
	parties_write(c, &t);
	jw_key(&c->w, "cells");
	jw_array(&c->w);
	for (size_t i = 0; i < l.count; i++)
		cell_write(c, &l.cells[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

static void
sections_write(struct call *c, const struct tallies *t)
{
	const struct plan *p = &c->ctx.model->plan;
	size_t row = 0;

	jw_key(&c->w, "sections");
	jw_array(&c->w);
	/* Both are in the plan's order. */
	for (size_t i = 0; i < p->section_count; i++) {
		if (row == t->count || strcmp(t->rows[row].section, p->sections[i].number) != 0)
			continue;
		while (row < t->count && strcmp(t->rows[row].section, p->sections[i].number) == 0)
			row++;
		section_write(&c->w, &p->sections[i]);
	}
	jw_end_array(&c->w);
}

static void
tally_write(struct call *c, const struct tallies *t, const struct tally *row)
{
	jw_object(&c->w);
	jw_key_word(&c->w, "section", row->section);
	jw_key_text(&c->w, "organisation", t->parties[row->party].key);
	jw_key(&c->w, "states");
	jw_object(&c->w);
	for (size_t i = 0; i < CELL_STATES; i++)
		jw_key_int(&c->w, cell_state_names[i], row->cells[i]);
	jw_end_object(&c->w);
	jw_key_int(&c->w, "obligations", row->obligations);
	jw_key_int(&c->w, "failing", row->failing);
	jw_key_text(&c->w, "first_failed_at", row->first_failed_at);
	jw_key_word(&c->w, "worst", cell_state_names[row->worst]);
	jw_end_object(&c->w);
}

enum err_code
posture_show(struct call *c)
{
	struct posture_question q = {0};
	struct tallies t = {0};
	struct str assessed = {0};
	enum err_code rc = question_read(c, &q);

	if (!rc)
		rc = posture_assessed(&c->ctx, &assessed);
	if (!rc)
		rc = tallies_read(&c->ctx, &q, &t);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_text(&c->w, "assessed_at", assessed);
	sections_write(c, &t);
	parties_write(c, &t);
	jw_key(&c->w, "tallies");
	jw_array(&c->w);
	for (size_t i = 0; i < t.count; i++)
		tally_write(c, &t, &t.rows[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* As the list of failures has them. */
enum { OBLIGATION, SUBJECT, HOLDER, REASON, FIRST_FAILED, FIXED, WAIVER };
static const char failure_fields[] =
	"obligation,subject,organisation,reason,first_failed_at,fixed_at,waiver";

static void
failure_write(struct call *c, const struct list_page *p, const struct list_row *row)
{
	const struct reg *reg = model_reg_of_id(c->ctx.model, row->cells[SUBJECT].number);
	char name[RECORD_NAME_SIZE];

	jw_object(&c->w);
	record_name(c->ctx.model, row->id, name);
	jw_key_text(&c->w, "id", str_of(name));
	jw_key_text(&c->w, "obligation", row->cells[OBLIGATION].text);
	record_name(c->ctx.model, row->cells[SUBJECT].number, name);
	jw_key_text(&c->w, "record", str_of(name));
	jw_key_word(&c->w, "register", reg ? reg->name : NULL);
	jw_key_text(&c->w, "key", list_key(p, row->cells[SUBJECT].number));
	jw_key_text(&c->w, "organisation", list_key(p, row->cells[HOLDER].number));
	jw_key_text(&c->w, "reason", row->cells[REASON].text);
	jw_key_text(&c->w, "first_failed_at", row->cells[FIRST_FAILED].text);
	jw_key_text(&c->w, "fixed_at", row->cells[FIXED].text);
	if (row->cells[WAIVER].kind == VALUE_INT)
		record_name(c->ctx.model, row->cells[WAIVER].number, name);
	jw_key_text(&c->w, "waiver",
		    row->cells[WAIVER].kind == VALUE_INT ? str_of(name) : (struct str){0});
	jw_end_object(&c->w);
}

static void
failures_write(struct call *c, const struct list_page *p)
{
	jw_object(&c->w);
	jw_key_int(&c->w, "total", p->total);
	jw_key_bool(&c->w, "total_is_exact", p->total_is_exact);
	jw_key(&c->w, "failures");
	jw_array(&c->w);
	for (size_t i = 0; i < p->count; i++)
		failure_write(c, p, &p->rows[i]);
	jw_end_array(&c->w);
	jw_key_bool(&c->w, "stopped", p->stopped);
	jw_key_text(&c->w, "next", p->next);
	jw_end_object(&c->w);
}

static struct str
term(struct call *c, const char *field, const char *value)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FILTER_BYTES};

	buf_addf(&text, "%s%s", field, value);
	return str_dup(c->r->arena, (struct str){text.data, text.len});
}

enum { FAILURE_TERMS = 4 };

/* What the list of failures is asked. */
static enum err_code
terms_write(struct call *c, struct str terms[FAILURE_TERMS], size_t *ret_count)
{
	struct str record = http_query(c->r, "record");
	const char *obligation = NULL;
	enum err_code rc = obligation_find(c, &obligation);
	size_t n = 0;

	if (!rc && record.ptr && !record_id_of_name(c->ctx.model, record))
		rc = err_set(&c->ctx.err, ERR_MISSING, "record", "there is no record '%.60s'",
			     record.ptr);
	if (rc)
		return rc;
	if (obligation)
		terms[n++] = term(c, "obligation=", obligation);
	if (record.ptr)
		terms[n++] = term(c, "subject=", record.ptr);
	if (!str_is(http_query(c->r, "fixed"), "true"))
		terms[n++] = str_of("fixed_at=");
	if (!str_is(http_query(c->r, "waived"), "true"))
		terms[n++] = str_of("waiver=");
	*ret_count = n;
	return ERR_NONE;
}

enum err_code
posture_show_failures(struct call *c)
{
	struct str terms[FAILURE_TERMS];
	int64_t organisation = 0;
	bool oldest = str_is(http_query(c->r, "order"), "oldest");
	struct list_question q = {.reg = model_reg(c->ctx.model, str_of("failure")),
				  .terms = terms,
				  .fields = str_of(failure_fields),
				  .sort = str_of(oldest ? "first_failed_at" : "-first_failed_at"),
				  .organisations = &organisation,
				  .organisation_count = 1};
	struct list_page p;
	enum err_code rc = call_page(c, &q);

	if (!rc)
		rc = terms_write(c, terms, &q.term_count);
	if (!rc)
		rc = organisation_find(c, &organisation);
	q.within = organisation != 0;
	if (!rc)
		rc = list_read(&c->ctx, &q, &p);
	if (!rc)
		failures_write(c, &p);
	return rc;
}

static void
feed_write(void *object, const struct posture_feed *f)
{
	struct call *c = object;

	jw_object(&c->w);
	jw_key_text(&c->w, "register", f->register_name);
	jw_key_text(&c->w, "source", f->source);
	jw_key_text(&c->w, "delivered_at", f->delivered_at);
	jw_key_int(&c->w, "age_days", f->age_days);
	jw_key_int(&c->w, "max_age_days", f->max_age_days);
	jw_end_object(&c->w);
}

enum err_code
posture_show_feeds(struct call *c)
{
	int64_t organisation = 0;
	enum err_code rc = organisation_find(c, &organisation);

	if (!rc && !organisation)
		rc = err_set(&c->ctx.err, ERR_USAGE, "organisation",
			     "name the organisation whose feeds are meant");
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "feeds");
	jw_array(&c->w);
	rc = posture_feeds(&c->ctx, organisation, feed_write, c);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return rc;
}
