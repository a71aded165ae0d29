#include "duty/work.h"

#include "api/routes.h"
#include "base/limits.h"

enum { WORK_LIMIT = 100, WORK_DAYS = 14 };

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
row_write(struct call *c, const struct work *w)
{
	jw_object(&c->w);
	jw_key_word(&c->w, "kind", work_kind_names[w->kind]);
	if (w->cell)
		cell_tell(c, w);
	else
		decision_tell(c, w);
	jw_key(&c->w, "steps");
	jw_array(&c->w);
	for (size_t i = 0; i < w->steps.count; i++)
		jw_text(&c->w, str_of(w->steps.rows[i].transition->to));
	jw_end_array(&c->w);
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
