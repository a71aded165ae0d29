#include "job/job_priv.h"

#include "access/serve.h"
#include "base/limits.h"
#include "intake/extract.h"
#include "list/list.h"
#include "record/parties.h"

#include <string.h>

/* The file on its way into the store. */
struct product {
	struct job_run *run;
	struct buf piece;
	int64_t pieces;
	int64_t bytes;
};

static enum err_code
piece_flush(struct product *p, struct err *e)
{
	struct ctx *ctx = p->run->ctx;
	enum err_code rc = ERR_NONE;

	if (p->piece.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory to export");
	if (p->piece.len > 0)
		rc = job_result_put(p->run->jobs, ctx, p->run->job->id, p->pieces++,
				    (struct str){p->piece.data, p->piece.len});
	p->piece.len = 0;
	if (rc)
		*e = ctx->err;
	return rc;
}

static enum err_code
product_put(void *object, struct str bytes, struct err *e)
{
	struct product *p = object;
	enum err_code rc = ERR_NONE;

	p->bytes += (int64_t)bytes.len;
	if (p->bytes > LIMIT_JOB_RESULT_BYTES)
		return err_set(e, ERR_TOO_BIG, "",
			       "the file is longer than %d bytes; ask for fewer records",
			       LIMIT_JOB_RESULT_BYTES);
	while (!rc && bytes.len > 0) {
		size_t room = JOB_PIECE_BYTES - p->piece.len;
		size_t len = bytes.len < room ? bytes.len : room;

		buf_add(&p->piece, bytes.ptr, len);
		bytes.ptr += len;
		bytes.len -= len;
		if (p->piece.len == JOB_PIECE_BYTES || p->piece.failed)
			rc = piece_flush(p, e);
	}
	job_progress(p->run->jobs, p->bytes, 0, "bytes written");
	return rc;
}

/* What leaves stands in the ledger before any of it does. */
static enum err_code
note(void *object, const char *kind, struct str detail, struct err *e)
{
	struct job_run *r = object;
	WRITER *w = NULL;
	enum err_code rc = writer_begin(r->ctx, &w);

	if (!rc)
		rc = writer_event(w, kind, detail);
	if (!rc)
		rc = writer_commit(w);
	if (rc)
		*e = r->ctx->err;
	return rc;
}

/* A connection that reads for whoever asked, the present or the past. */
static enum err_code
reader_open(struct job_run *r, struct workspace **ret_ws)
{
	const struct workspace_options o = {.as_of = job_text(r, "as_of"), .many = true};
	const struct workspace *ws = r->jobs->o.ws;
	struct err *e = &r->ctx->err;
	enum err_code rc = o.as_of ? workspace_past(ws, &o, r->who, ret_ws, e)
				   : workspace_another(ws, DB_READ, ret_ws, e);

	if (rc || o.as_of)
		return rc;
	rc = ctx_serve(workspace_ctx(*ret_ws), r->who);
	if (rc)
		*e = workspace_ctx(*ret_ws)->err;
	return rc;
}

/* Which fields are asked for; what every record has is there in any case. */
static enum err_code
fields_find(struct ctx *ctx, const char *text, struct extract_options *o)
{
	const struct reg *r = o->reg;
	bool *fields = arena_alloc(ctx->arena, r->field_count + 1);
	struct str rest = str_of(text);

	while (rest.ptr) {
		struct str name = str_trim(str_cut(&rest, ','));
		const struct field *f = reg_field(r, name);

		if (f)
			fields[f - r->fields] = true;
		else if (!str_is(name, "key") && !str_is(name, "organisation") &&
			 !str_is(name, "feed") && !str_is(name, "state"))
			return reg_no_field(r, name, &ctx->err);
	}
	o->fields = fields;
	return ERR_NONE;
}

/* Keys in the filter are looked up, so this reads. */
static enum err_code
choice_find(struct job_run *r, struct ctx *ctx, struct extract_options *o)
{
	const char *filter = job_text(r, "filter");
	const char *fields = job_text(r, "fields");
	enum err_code rc = fields ? fields_find(ctx, fields, o) : ERR_NONE;

	if (!rc && filter)
		rc = list_filter(ctx, o->reg, str_of(filter), &o->filter);
	return rc;
}

static enum err_code
options_find(struct job_run *r, struct ctx *ctx, struct extract_options *o)
{
	const char *organisation = job_text(r, "organisation");
	const char *format = job_text(r, "format");

	o->format = format && strcmp(format, "jsonl") == 0 ? DELIVERY_JSON_LINES : DELIVERY_CSV;
	o->source = job_text(r, "source");
	o->reg = model_reg(ctx->model, r->job->register_name);
	if (!o->reg)
		return err_set(&ctx->err, ERR_MISSING, "register", "there is no such register");
	if (organisation) {
		enum err_code rc = organisation_find(ctx, organisation, &o->organisation);

		if (rc)
			return rc;
	}
	return choice_find(r, ctx, o);
}

static enum err_code
end_make(struct job_run *r, const struct extract_options *o, int64_t rows, int64_t bytes)
{
	CLEANUP(buf_fini) struct buf out = {.limit = LIMIT_FIELD_BYTES};
	char *rights = arena_alloc(r->ctx->arena, HASH_HEX_LEN + 1);
	struct json_writer w;

	job_rights(r->ctx->hasher, r->who, rights);
	r->end->rights = rights;
	r->end->media = o->format == DELIVERY_CSV ? "text/csv" : "application/jsonl";
	jw_begin(&w, &out, false);
	jw_object(&w);
	jw_key_int(&w, "records", rows);
	jw_key_int(&w, "bytes", bytes);
	jw_end_object(&w);
	return job_text_keep(r, &out, &r->end->result);
}

static enum err_code
extract(struct job_run *r, struct ctx *ctx, struct extract_options *o)
{
	struct product p = {.run = r};
	int64_t rows = 0;
	enum err_code rc;

	buf_init(&p.piece, JOB_PIECE_BYTES + 1);
	rc = extract_run(ctx, o, (struct extract_sink){product_put, &p}, &rows);
	if (!rc)
		rc = piece_flush(&p, &ctx->err);
	buf_fini(&p.piece);
	return rc ? rc : end_make(r, o, rows, p.bytes);
}

enum err_code
job_export(struct job_run *r)
{
	CLEANUP(workspace_closep) struct workspace *reader = NULL;
	struct extract_options o = {0};
	struct ctx *ctx;
	enum err_code rc = reader_open(r, &reader);

	if (rc)
		return rc;
	ctx = workspace_ctx(reader);
	ctx->arena = r->ctx->arena;
	ctx->stop = r->ctx->stop;
	ctx->note = (struct ctx_note){note, r};
	rc = options_find(r, ctx, &o);
	if (!rc)
		rc = extract(r, ctx, &o);
	if (rc && ctx->err.code)
		r->ctx->err = ctx->err;
	return rc;
}
