#include "job/report.h"

#include "access/grant.h"
#include "base/civil.h"
#include "check/late.h"

static void
counts_json(struct json_writer *w, const struct delivery_counts *n)
{
	jw_key_int(w, "read", n->read);
	jw_key_int(w, "added", n->added);
	jw_key_int(w, "changed", n->changed);
	jw_key_int(w, "unchanged", n->unchanged);
	jw_key_int(w, "retired", n->retired);
	jw_key_int(w, "rejected", n->rejected);
}

static void
part_json(struct json_writer *w, const struct model *m, const struct delivery_part *p)
{
	char name[RECORD_NAME_SIZE];

	jw_object(w);
	jw_key_word(w, "register", p->reg->name);
	counts_json(w, &p->counts);
	if (p->delivery)
		record_name(m, p->delivery, name);
	jw_key_word(w, "delivery", p->delivery ? name : NULL);
	jw_end_object(w);
}

void
delivery_json(struct json_writer *w, const struct model *m, const struct delivery_report *r,
	      bool dry_run)
{
	jw_object(w);
	jw_key_bool(w, "dry_run", dry_run);
	jw_key(w, "total");
	jw_object(w);
	counts_json(w, &r->total);
	jw_end_object(w);
	jw_key(w, "registers");
	jw_array(w);
	for (size_t i = 0; i < r->part_count; i++)
		part_json(w, m, &r->parts[i]);
	jw_end_array(w);
	jw_key(w, "rejections");
	jw_array(w);
	for (size_t i = 0; i < r->rejection_count; i++) {
		const struct delivery_rejection *x = &r->rejections[i];

		jw_object(w);
		jw_key_word(w, "file", x->file);
		jw_key_int(w, "line", x->line);
		jw_key_word(w, "column", x->column);
		jw_key_word(w, "reason", x->reason);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_key_bool(w, "kept_back", r->kept_back);
	jw_end_object(w);
}

static void
totals_json(struct json_writer *w, const struct assess_totals *t)
{
	jw_object(w);
	jw_key_int(w, "proven", t->proven);
	jw_key_int(w, "failing", t->failing);
	jw_key_int(w, "unproven", t->unproven);
	jw_key_int(w, "quiet", t->quiet);
	jw_key_int(w, "missed", t->missed);
	jw_key_int(w, "waived", t->waived);
	jw_key_int(w, "not_applicable", t->not_applicable);
	jw_end_object(w);
}

void
assess_json(struct json_writer *w, const struct ctx *ctx, const struct assess_report *r)
{
	const struct plan *p = &ctx->model->plan;
	char hex[HASH_HEX_LEN + 1];
	char as_of[CIVIL_INSTANT_LEN + 1];

	hash_hex(&ctx->model->hash, hex);
	civil_format_instant(r->as_of, as_of);
	jw_key_word(w, "as_of", as_of);
	jw_key(w, "plan");
	jw_object(w);
	jw_key_word(w, "name", p->name);
	jw_key_word(w, "version", p->version);
	jw_key_word(w, "hash", hex);
	jw_end_object(w);
	jw_key_bool(w, "full", r->full);
	jw_key_int(w, "obligations_decided", (int64_t)r->decided);
	jw_key(w, "totals");
	totals_json(w, &r->totals);
}

static const char *const causes[ASSESS_CAUSES] = {
	[CAUSE_UNEXPLAINED] = "unexplained",
	[CAUSE_NOT_ASSESSED] = "not_assessed",
	[CAUSE_PLAN] = "plan",
	[CAUSE_FACTS] = "facts",
	[CAUSE_TIME] = "time",
	[CAUSE_CHECK_ERROR] = "check_error",
};

/* What is said of a record is as restricted as the record. */
static bool
is_seen(const struct ctx *past, int64_t record)
{
	const struct grant_row any = {.any = true};
	const struct reg *r = record ? model_reg_of_id(past->model, record) : NULL;

	return !r || grant_refusal(past->model, past->who, r, ACT_READ, &any) == REFUSAL_NONE;
}

static void
difference_json(struct json_writer *w, const struct ctx *ctx, const struct assess_difference *d)
{
	char name[RECORD_NAME_SIZE];

	if (d->record)
		record_name(ctx->model, d->record, name);
	jw_object(w);
	jw_key_word(w, "obligation", d->obligation->id);
	jw_key_text(w, "organisation", d->organisation_key);
	jw_key_text(w, "period", d->period);
	jw_key_word(w, "record", d->record ? name : NULL);
	jw_key_text(w, "recorded", d->recorded);
	jw_key_text(w, "decided", d->decided);
	jw_key_word(w, "cause", causes[d->cause]);
	jw_key_word(w, "changed_register", d->changed ? d->changed->name : NULL);
	jw_end_object(w);
}

struct late_listing {
	const struct ctx *past;
	struct json_writer *json;
};

static void
late_json(void *object, const struct late_fact *f)
{
	struct late_listing *l = object;
	struct json_writer *w = l->json;
	char name[RECORD_NAME_SIZE];
	char recorded[CIVIL_INSTANT_LEN + 1];

	if (!is_seen(l->past, f->record))
		return;
	record_name(l->past->model, f->record, name);
	civil_format_instant(f->recorded_at, recorded);
	jw_object(w);
	jw_key_word(w, "kind", f->evidence ? "evidence" : "failure");
	jw_key_text(w, "obligation", f->obligation_id);
	jw_key_text(w, "organisation", f->organisation_key);
	jw_key_word(w, "record", name);
	jw_key_text(w, "reason", f->reason);
	jw_key_text(w, "since", f->true_from);
	jw_key_word(w, "recorded_at", recorded);
	jw_end_object(w);
}

enum err_code
again_json(struct json_writer *w, struct ctx *past, struct ctx *present,
	   const struct assess_again *a)
{
	struct late_listing l = {.past = past, .json = w};
	char at[CIVIL_INSTANT_LEN + 1];
	enum err_code rc;

	civil_format_instant(a->assessed_at, at);
	jw_key(w, "compared");
	jw_object(w);
	jw_key_word(w, "assessed_at", a->assessed_at ? at : NULL);
	jw_key_int(w, "cells_same", (int64_t)a->cells_same);
	jw_key(w, "differences");
	jw_array(w);
	for (size_t i = 0; i < a->difference_count; i++) {
		if (is_seen(past, a->differences[i].record))
			difference_json(w, past, &a->differences[i]);
	}
	jw_end_array(w);
	jw_end_object(w);
	jw_key(w, "known_later");
	jw_array(w);
	rc = late_facts(present, past->as_of, late_json, &l);
	jw_end_array(w);
	if (rc)
		past->err = present->err;
	return rc;
}
