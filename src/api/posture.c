#include "check/posture.h"

#include "api/routes.h"
#include "model/sql.h"

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
	jw_key_text(&c->w, "assessed_at", assessed);
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
	jw_key_text(&c->w, "id", str_of(name));
	jw_key_text(&c->w, "obligation", f->obligation_id);
	record_name(c->ctx.model, f->record, name);
	jw_key_text(&c->w, "record", str_of(name));
	jw_key_text(&c->w, "register", f->register_name);
	jw_key_text(&c->w, "key", f->key);
	jw_key_text(&c->w, "organisation", f->organisation_key);
	jw_key_text(&c->w, "reason", f->reason);
	jw_key_text(&c->w, "first_failed_at", f->first_failed_at);
	jw_key_text(&c->w, "fixed_at", f->fixed_at);
	if (f->waiver)
		record_name(c->ctx.model, f->waiver, name);
	jw_key_text(&c->w, "waiver", f->waiver ? str_of(name) : (struct str){0});
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
