#include "job/job_priv.h"

#include "base/limits.h"
#include "intake/intake.h"
#include "job/report.h"
#include "record/parties.h"
#include "store/find.h"

#include <string.h>

/* What was brought, piece by piece. */
struct upload {
	struct job_run *run;
	struct str piece;
	int64_t next;
	int64_t read, size;
};

static enum err_code
piece_next(struct upload *u, struct err *e)
{
	struct ctx ctx = *u->run->ctx;
	enum err_code rc = ctx_go_on(&ctx);

	if (!rc)
		rc = job_piece_get(&ctx, u->run->job->id, SIDE_UPLOAD, u->next++, &u->piece);
	if (rc)
		*e = ctx.err;
	return rc;
}

static enum err_code
upload_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct upload *u = object;
	enum err_code rc = u->piece.len == 0 ? piece_next(u, e) : ERR_NONE;

	if (rc)
		return rc;
	*ret_len = u->piece.len < size ? u->piece.len : size;
	if (*ret_len == 0) {
		job_progress(u->run->jobs, 0, 0, "rows written");
		return ERR_NONE;
	}
	memcpy(bytes, u->piece.ptr, *ret_len);
	u->piece.ptr += *ret_len;
	u->piece.len -= *ret_len;
	u->read += (int64_t)*ret_len;
	job_progress(u->run->jobs, u->read, u->size, "bytes read");
	return ERR_NONE;
}

static enum err_code
end_make(struct job_run *r, const struct delivery_report *report)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_JOB_REPORT_BYTES};
	struct json_writer w;

	jw_begin(&w, &out, false);
	delivery_json(&w, r->ctx->model, report, job_flag(r, "dry_run"));
	return job_text_keep(r, &out, &r->end->result);
}

/* That it is done is kept with what was done, or neither is. */
static enum err_code
settle(void *object, struct writer *w, const struct delivery_report *report)
{
	struct upload *u = object;
	enum err_code rc = end_make(u->run, report);

	if (!rc)
		rc = job_settle(u->run->jobs, writer_ctx(w), u->run->job->id, u->run->end);
	u->run->settled = !rc;
	return rc;
}

static enum err_code
size_find(struct upload *u)
{
	const struct ctx *ctx = u->run->ctx;
	const struct db_find f = {
		"select sum(length(bytes)) from job_part where job = :job and side = 0",
		{db_of_int(u->run->job->id)}};

	return db_find_int(ctx->db, &f, &u->size, NULL, &u->run->ctx->err);
}

enum err_code
job_import(struct job_run *r)
{
	struct ctx *ctx = r->ctx;
	struct upload u = {.run = r};
	const char *format = job_text(r, "format");
	const char *name = job_text(r, "file");
	struct delivery_file file = {
		.name = name ? name : "upload",
		.format =
			format && strcmp(format, "jsonl") == 0 ? DELIVERY_JSON_LINES : DELIVERY_CSV,
		.reg = model_reg(ctx->model, r->job->register_name),
		.source = {upload_read, &u},
 /* Others write while it is read. */
		.at_hand = false,
	};
	struct delivery_options o = {.source = job_text(r, "source"),
				     .full = job_flag(r, "full"),
				     .dry_run = job_flag(r, "dry_run"),
				     .settle = settle,
				     .object = &u};
	struct delivery_report report;
	enum err_code rc = size_find(&u);

	if (!rc && !file.reg)
		rc = err_set(&ctx->err, ERR_MISSING, "register", "there is no such register now");
	if (!rc)
		rc = organisation_find(ctx, job_text(r, "organisation"), &o.organisation);
	if (rc)
		return rc;
	ctx->who = r->who;
	rc = delivery_import(ctx, &o, &file, 1, &report);
	return rc || r->settled ? rc : end_make(r, &report);
}
