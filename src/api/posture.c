#include "check/posture.h"

#include "api/routes.h"
#include "model/sql.h"

static void
member(struct call *c, const char *name, struct str text)
{
	jw_key(&c->w, name);
	jw_text(&c->w, text);
}

static void
member_int(struct call *c, const char *name, int64_t number)
{
	jw_key(&c->w, name);
	jw_int(&c->w, number);
}

/* The number of the organisation with that key; 0 when none was asked for. */
static enum err_code
organisation_find(struct call *c, int64_t *ret_id)
{
	struct str key = http_query(c->r, "organisation");
	DB_STMT *s = NULL;
	enum err_code rc;
	bool row;

	*ret_id = 0;
	if (!key.ptr)
		return ERR_NONE;
	rc = db_prepare(c->ctx.db, "select o.id from organisation o where o.key = :key", &s,
			&c->ctx.err);
	if (rc)
		return rc;
	db_bind_text(s, 1, key);
	rc = db_step(s, &row, &c->ctx.err);
	if (!rc && !row)
		return err_set(&c->ctx.err, ERR_MISSING, "organisation",
			       "there is no organisation '%.60s'", key.ptr);
	if (!rc)
		*ret_id = db_int(s, 0);
	return rc;
}

static enum err_code
question_read(struct call *c, struct posture_question *q)
{
	struct str obligation = http_query(c->r, "obligation");

	if (obligation.ptr) {
		const struct obligation *o = model_obligation(c->ctx.model, obligation);

		if (!o)
			return err_set(&c->ctx.err, ERR_MISSING, "obligation",
				       "the plan has no obligation '%.60s'", obligation.ptr);
		q->obligation = o->id;
	}
	q->all_periods = str_is(http_query(c->r, "periods"), "all");
	q->fixed_too = str_is(http_query(c->r, "fixed"), "true");
	q->waived_too = str_is(http_query(c->r, "waived"), "true");
	return organisation_find(c, &q->organisation);
}

static void
cell_write(struct call *c, const struct posture_cell *cell)
{
	char name[RECORD_NAME_SIZE];

	record_name(c->ctx.model, cell->id, name);
	jw_object(&c->w);
	member(c, "id", str_of(name));
	member(c, "obligation", str_of(cell->obligation->id));
	member(c, "organisation", cell->organisation_key);
	member(c, "period", cell->period);
	member(c, "period_to", cell->period_to);
	member(c, "state", str_of(cell_state_names[cell->state]));
	member(c, "reason", cell->reason);
	member_int(c, "tested", cell->tested);
	member_int(c, "failing", cell->failing);
	member(c, "first_failed_at", cell->first_failed_at);
	member(c, "worst", str_of(cell_state_names[cell->worst]));
	member_int(c, "failed_hours", cell->failed_hours);
	member(c, "changed_at", cell->changed_at);
	member(c, "proven_late_at", cell->proven_late_at);
	member(c, "plan_hash", cell->plan_hash);
	jw_end_object(&c->w);
}

enum err_code
posture_show_cells(struct call *c)
{
	struct posture_question q = {0};
	struct posture_list l = {0};
	struct str assessed = {0};
	enum err_code rc = question_read(c, &q);

	if (!rc)
		rc = posture_assessed(&c->ctx, &assessed);
	if (!rc)
		rc = posture_cells(&c->ctx, &q, c->r->arena, &l);
	if (rc)
		return rc;
	jw_object(&c->w);
	member(c, "assessed_at", assessed);
	jw_key(&c->w, "cells");
	jw_array(&c->w);
	for (size_t i = 0; i < l.count; i++)
		cell_write(c, &l.cells[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

static void
failure_write(void *object, const struct posture_failure *f)
{
	struct call *c = object;
	char name[RECORD_NAME_SIZE];

	jw_object(&c->w);
	record_name(c->ctx.model, f->id, name);
	member(c, "id", str_of(name));
	member(c, "obligation", f->obligation_id);
	record_name(c->ctx.model, f->record, name);
	member(c, "record", str_of(name));
	member(c, "register", f->register_name);
	member(c, "key", f->key);
	member(c, "organisation", f->organisation_key);
	member(c, "reason", f->reason);
	member(c, "first_failed_at", f->first_failed_at);
	member(c, "fixed_at", f->fixed_at);
	if (f->waiver)
		record_name(c->ctx.model, f->waiver, name);
	member(c, "waiver", f->waiver ? str_of(name) : (struct str){0});
	jw_end_object(&c->w);
}

enum err_code
posture_show_failures(struct call *c)
{
	struct posture_question q = {0};
	enum err_code rc = question_read(c, &q);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "failures");
	jw_array(&c->w);
	rc = posture_failures(&c->ctx, &q, failure_write, c);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return rc;
}

static void
feed_write(void *object, const struct posture_feed *f)
{
	struct call *c = object;

	jw_object(&c->w);
	member(c, "register", f->register_name);
	member(c, "source", f->source);
	member(c, "delivered_at", f->delivered_at);
	member_int(c, "age_days", f->age_days);
	member_int(c, "max_age_days", f->max_age_days);
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
