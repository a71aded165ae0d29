#include "job/job_priv.h"

#include "base/limits.h"
#include "check/check.h"
#include "job/report.h"

#include <string.h>

static void
on_progress(void *object, const struct obligation *o, size_t done, size_t all)
{
	const struct job_run *r = object;

	(void)o;
	job_progress(r->jobs, (int64_t)done, (int64_t)all, "obligations");
}

static void
errors_json(struct json_writer *w, const struct assess_report *report)
{
	jw_key(w, "errors");
	jw_array(w);
	for (size_t i = 0; i < report->time_count; i++) {
		const struct check_time *t = &report->times[i];

		if (!t->error)
			continue;
		jw_object(w);
		jw_key_word(w, "obligation", t->obligation->id);
		jw_key_word(w, "error", t->error);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static enum err_code
end_make(struct job_run *r, struct ctx *ctx, struct ctx *present,
	 const struct assess_report *report)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_JOB_REPORT_BYTES};
	struct json_writer w;
	enum err_code rc = ERR_NONE;

	jw_begin(&w, &out, false);
	jw_object(&w);
	assess_json(&w, ctx, report);
	jw_key_int(&w, "failures_open", report->failures_open);
	jw_key_int(&w, "failures_opened", report->failures_opened);
	jw_key_int(&w, "failures_fixed", report->failures_fixed);
	errors_json(&w, report);
	if (present)
		rc = again_json(&w, ctx, present, &report->again);
	jw_end_object(&w);
	if (rc) {
		r->ctx->err = ctx->err;
		return rc;
	}
	return job_text_keep(r, &out, &r->end->result);
}

static enum err_code
past_assess(struct job_run *r, const char *as_of, struct assess_options *o)
{
	CLEANUP(workspace_closep) struct workspace *past = NULL;
	const struct workspace_options w = {.as_of = as_of, .many = true};
	struct assess_report report = {0};
	struct ctx *ctx;
	enum err_code rc = workspace_past(r->jobs->o.ws, &w, NULL, &past, &r->ctx->err);

	if (rc)
		return rc;
	ctx = workspace_ctx(past);
	ctx->stop = r->ctx->stop;
	rc = assess_run(ctx, o, &report);
	if (rc) {
		r->ctx->err = ctx->err;
		return rc;
	}
	ctx->who = r->who;
	return end_make(r, ctx, r->ctx, &report);
}

/* What it decides is Holdfast's, whoever asked for it. */
enum err_code
job_assess(struct job_run *r)
{
	struct assess_options o = {
		.progress = on_progress, .object = r, .full = job_flag(r, "full")};
	const char *as_of = job_text(r, "as_of");
	struct assess_report report = {0};
	enum err_code rc;

	if (as_of)
		return past_assess(r, as_of, &o);
	rc = assess_run(r->ctx, &o, &report);
	return rc ? rc : end_make(r, r->ctx, NULL, &report);
}
