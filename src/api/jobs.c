#include "api/routes.h"

#include "access/grant.h"
#include "access/serve.h"
#include "job/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 64, PIECE_MEMORY = 4194304 };

/* What it was asked and what came of it is told to nobody else, whoever he is. */
static bool
is_own(const struct call *c, const struct job *job)
{
	return job->by.login == c->who.login &&
	       (!job->register_name.ptr || who_reaches(&c->who, job->register_name));
}

static struct job_asker
asker(struct call *c)
{
	return (struct job_asker){
		.jobs = c->service->jobs, .who = &c->who, .arena = c->r->arena, .e = &c->ctx.err};
}

static enum err_code
job_answer(struct call *c, int64_t id)
{
	const struct job_asker a = asker(c);
	struct job job;
	enum err_code rc = jobs_find(&a, id, &job);

	if (!rc)
		job_json(&c->w, &job, is_own(c, &job));
	return rc;
}

static enum err_code
ask_prepare(struct call *c, void *object)
{
	const struct job_asker a = asker(c);

	return jobs_bring(&a, object);
}

/* As it was asked for; it may have begun by now. */
static enum err_code
ask_tell(struct call *c, struct ctx *ctx, const void *object)
{
	const struct job_ask *ask = object;
	char path[PATH_SIZE];

	(void)ctx;
	(void)snprintf(path, sizeof(path), "/api/v1/jobs/%lld", (long long)ask->job.id);
	http_reply_header(c->reply, "Location", str_dup(c->r->arena, str_of(path)));
	job_json(&c->w, &ask->job, true);
	return ERR_NONE;
}

/* Asks for it, and answers with it and its place. */
static enum err_code
ask_for(struct call *c, struct job_ask *ask)
{
	const struct job_asker a = asker(c);
	const struct deed d = {.prepare = ask->upload ? ask_prepare : NULL,
			       .write = jobs_ask,
			       .tell = ask_tell,
			       .object = ask};
	enum err_code rc = jobs_prepare(&a, ask);

	if (rc)
		return rc;
	rc = call_do(c, &d);
	jobs_asked(&a, ask, !rc);
	return rc;
}

static void
argument_put(json_t *arguments, const char *name, struct str value)
{
	if (value.ptr)
		(void)json_object_set_new(arguments, name, json_stringn(value.ptr, value.len));
}

static enum err_code
import_ask(struct call *c, const struct reg *reg, json_t *arguments)
{
	static const char *const texts[] = {"organisation", "source", "file"};
	static const char *const flags[] = {"full", "dry_run"};
	struct job_ask a = {
		.kind = JOB_IMPORT, .reg = reg, .arguments = arguments, .upload = c->r->upload};
	struct str type = http_header(c->r, "Content-Type");
	bool lines = type.len >= 17 && strncasecmp(type.ptr, "application/jsonl", 17) == 0;

	argument_put(arguments, "format", str_of(lines ? "jsonl" : "csv"));
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		argument_put(arguments, texts[i], http_query(c->r, texts[i]));
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		if (str_is(http_query(c->r, flags[i]), "true"))
			(void)json_object_set_new(arguments, flags[i], json_true());
	}
	return ask_for(c, &a);
}

enum err_code
jobs_import(struct call *c)
{
	const struct reg *reg = NULL;
	json_t *arguments;
	enum err_code rc = call_register(c, &reg);

	if (!rc)
		rc = grant_some(c->ctx.model, &c->who, reg, ACT_IMPORT, &c->ctx.err);
	if (rc)
		return rc;
	arguments = json_object();
	rc = import_ask(c, reg, arguments);
	json_decref(arguments);
	return rc;
}

static enum err_code
format_check(struct call *c)
{
	const char *format = json_string_value(json_object_get(c->body, "format"));

	if (!format || strcmp(format, "csv") == 0 || strcmp(format, "jsonl") == 0)
		return ERR_NONE;
	return err_set(&c->ctx.err, ERR_INVALID, "format",
		       "'%.60s' is no format; it is csv or jsonl", format);
}

enum err_code
jobs_export(struct call *c)
{
	struct job_ask a = {.kind = JOB_EXPORT, .arguments = c->body};
	enum err_code rc = call_register(c, &a.reg);

	if (!rc)
		rc = grant_some(c->ctx.model, &c->who, a.reg, ACT_EXPORT, &c->ctx.err);
	if (!rc)
		rc = format_check(c);
	return rc ? rc : ask_for(c, &a);
}

/* What an assessment says is of everybody's rows. */
static enum err_code
may_assess(struct call *c)
{
	for (size_t i = 0; i < c->who.role_count; i++) {
		if (c->who.roles[i].organisation == 0)
			return ERR_NONE;
	}
	return err_set(&c->ctx.err, ERR_DENIED, "",
		       "assessments are of everybody's rows: for roles that see them all");
}

enum err_code
jobs_assess(struct call *c)
{
	struct job_ask a = {.kind = JOB_ASSESS, .arguments = c->body};
	enum err_code rc = may_assess(c);

	return rc ? rc : ask_for(c, &a);
}

enum err_code
jobs_show_assessments(struct call *c)
{
	const struct job_asker a = asker(c);
	struct runs_question q = {.w = &c->w};
	enum err_code rc = may_assess(c);

	if (!rc)
		rc = call_number(c, "before", INT64_MAX, &q.before);
	return rc ? rc : jobs_look(&a, runs_look, &q);
}

enum err_code
jobs_show_all(struct call *c)
{
	const struct job_asker a = asker(c);
	struct job *list = NULL;
	size_t count = 0;
	bool all = str_is(http_query(c->r, "all"), "true");
	enum err_code rc = jobs_list(&a, all, &list, &count);

	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "jobs");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++)
		job_json(&c->w, &list[i], false);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

enum err_code
jobs_show(struct call *c)
{
	int64_t id = 0;
	enum err_code rc = call_path_number(c, "job", "job", &id);

	return rc ? rc : job_answer(c, id);
}

enum err_code
jobs_end(struct call *c)
{
	const struct job_asker a = asker(c);
	int64_t id = 0;
	enum err_code rc = call_path_number(c, "job", "job", &id);

	if (rc)
		return rc;
	ctx_away(&c->ctx);
	rc = ctx_back(&c->ctx, jobs_cancel(&a, id));
	return rc ? rc : job_answer(c, id);
}

/* A file on its way out. */
struct sending {
	struct jobs *jobs;
	int64_t id;
	int64_t next;
	struct arena arena; /* of one piece */
	struct str piece;
};

static enum http_pull
sending_pull(void *object, char *bytes, size_t size, size_t *ret_len)
{
	struct sending *s = object;
	struct err e;
	const struct job_asker a = {.jobs = s->jobs, .arena = &s->arena, .e = &e};

	if (s->piece.len == 0) {
		arena_reset(&s->arena);
		if (jobs_result(&a, s->id, s->next++, &s->piece))
			return HTTP_PULL_FAILED;
	}
	if (s->piece.len == 0)
		return HTTP_PULL_END;
	*ret_len = s->piece.len < size ? s->piece.len : size;
	memcpy(bytes, s->piece.ptr, *ret_len);
	s->piece.ptr += *ret_len;
	s->piece.len -= *ret_len;
	return HTTP_PULL_MORE;
}

static void
sending_close(void *object)
{
	struct sending *s = object;

	arena_fini(&s->arena);
	free(s);
}

static enum err_code
file_send(struct call *c, const struct job *job)
{
	CLEANUP(buf_fini) struct buf name = {.limit = 512};
	struct sending *s = calloc(1, sizeof(*s));
	bool csv = str_is(job->media, "text/csv");

	if (!s)
		return err_set(&c->ctx.err, ERR_INTERNAL, "", "no memory to send the file");
	arena_init(&s->arena, PIECE_MEMORY);
	s->jobs = c->service->jobs;
	s->id = job->id;
	c->reply->source = (struct http_source){sending_pull, sending_close, s, false};
	c->reply->type = csv ? "text/csv; charset=utf-8" : "application/jsonl";
	buf_addf(&name, "attachment; filename=\"%.*s.%s\"", STR_ARG(job->register_name),
		 csv ? "csv" : "jsonl");
	http_reply_header(c->reply, "Content-Disposition",
			  str_dup(c->r->arena, (struct str){name.data, name.len}));
	return ERR_NONE;
}

/* With the rights that the file was made with: others might not have given all of it. */
enum err_code
jobs_show_result(struct call *c)
{
	const struct job_asker a = asker(c);
	char rights[HASH_HEX_LEN + 1];
	struct job job;
	int64_t id = 0;
	enum err_code rc = call_path_number(c, "job", "job", &id);

	if (!rc)
		rc = jobs_find(&a, id, &job);
	if (!rc && (!is_own(c, &job) || !job.media.ptr))
		rc = err_set(&c->ctx.err, ERR_MISSING, "job", "the job has no file for you");
	if (rc)
		return rc;
	job_rights(c->ctx.hasher, &c->who, rights);
	if (!str_is(job.rights, rights))
		return err_set(&c->ctx.err, ERR_DENIED, "",
			       "your roles have changed since the file was made; ask for it again");
	return file_send(c, &job);
}

static enum http_pull
stream_pull(void *object, char *bytes, size_t size, size_t *ret_len)
{
	bool over = false;

	*ret_len = watcher_take(object, bytes, size, &over);
	if (*ret_len > 0)
		return HTTP_PULL_MORE;
	return over ? HTTP_PULL_END : HTTP_PULL_WAIT;
}

static void
stream_close(void *object)
{
	watcher_end(object);
}

/* Goes on from where a stream before it ended (HTML, section 9.2.3, Last-Event-ID). A browser says
 * so by itself, but only of a stream that it never closed. */
enum err_code
events_show(struct call *c)
{
	struct watcher *x = NULL;
	struct str last = http_header(c->r, "Last-Event-ID");
	enum err_code rc;

	if (!last.ptr)
		last = http_query(c->r, "position");
	rc = watcher_new(c->service->watch, &c->who, last, &x, &c->ctx.err);

	if (rc)
		return rc;
	c->reply->type = "text/event-stream";
	c->reply->source = (struct http_source){stream_pull, stream_close, x, true};
	/* A proxy must not gather them. */
	http_reply_header(c->reply, "X-Accel-Buffering", str_of("no"));
	return ERR_NONE;
}
