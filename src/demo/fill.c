#include "demo/demo.h"

#include "collect/collect.h"
#include "demo/calendar.h"
#include "demo/fill_priv.h"
#include "demo/stream.h"
#include "intake/intake.h"
#include "record/parties.h"

#include <stdio.h>
#include <string.h>

enum {
	MONTH_MEMORY = 256 * 1024 * 1024,
	COLLECT_LIMIT = 256 * 1024 * 1024,
	STEP_MINUTES = 25, /* from one step of the calendar to the next */
	ORG_MINUTES = 3,
	WHAT_SIZE = 160,
};

struct fill {
	struct ctx *ctx;
	const struct demo_options *options;
	struct world world;
	int64_t organisations[DEMO_ORGS];
	struct clock clock; /* as it was given, for the last month */
	struct demo_counts counts;
};

void
demo_world(struct ctx *ctx, const struct demo_options *o, struct world *ret_world)
{
	*ret_world = (struct world){.seed = o->seed,
				    .zone = ctx->zone,
				    .plan = &ctx->model->plan,
				    .months = o->months,
				    .now_ms = clock_now(&ctx->clock)};
	world_init(ret_world, o->records);
}

static void
tell(struct fill *f, int month, int org, const char *what)
{
	char text[WHAT_SIZE];
	int64_t abs = f->world.first + month;

	if (!f->options->progress)
		return;
	(void)snprintf(text, sizeof(text), "%lld-%02lld %s%s%s", (long long)(abs / 12),
		       (long long)(abs % 12 + 1), org < 0 ? "" : demo_parties[org].name,
		       org < 0 ? "" : ": ", what);
	f->options->progress(f->options->object, text, month, f->world.months);
}

static enum err_code
parties_make(struct fill *f)
{
	struct organisation_entry parties[DEMO_ORGS];
	struct ctx *ctx = f->ctx;
	WRITER *w = NULL;
	enum err_code rc;

	for (int o = 0; o < DEMO_ORGS; o++)
		parties[o] = (struct organisation_entry){.key = demo_parties[o].key,
							 .kind = demo_parties[o].kind,
							 .name = demo_parties[o].name};
	rc = writer_begin(ctx, &w);
	if (!rc)
		rc = parties_put(w, parties, DEMO_ORGS);
	if (!rc)
		rc = writer_commit(w);
	for (int o = 0; !rc && o < DEMO_ORGS; o++)
		rc = organisation_find(ctx, demo_parties[o].key, &f->organisations[o]);
	return rc;
}

struct streams {
	struct stream *of[STEP_KINDS];
};

static void
streams_fini(struct streams *s)
{
	for (size_t i = 0; i < STEP_KINDS; i++)
		stream_free(s->of[i]);
}

/* The file of one kind; *ret_stream NULL when there is nothing to deliver. Where nothing changed,
 * all is delivered again. */
static enum err_code
stream_open(struct fill *f, const struct step *s, size_t kind, const struct scene *now,
	    struct stream **ret_stream)
{
	int earlier = now->month - 1;
	struct scene before;
	struct stream *stream;

	while (earlier >= 0 && !step_delivers(s, &f->world, now->org, earlier))
		earlier--;
	if (earlier >= 0)
		before = world_scene(&f->world, now->org, earlier);
	*ret_stream = NULL;
	for (int tries = s->full || earlier < 0 ? 1 : 0; tries < 2; tries++) {
		stream = stream_new(s->kinds[kind], now, tries == 0 ? &before : NULL);
		if (!stream)
			return err_set(&f->ctx->err, ERR_INTERNAL, "", "no memory for a file");
		if (!stream_empty(stream)) {
			*ret_stream = stream;
			return ERR_NONE;
		}
		stream_free(stream);
	}
	return ERR_NONE;
}

static enum err_code
step_run(struct fill *f, const struct step *s, const struct scene *v)
{
	CLEANUP(streams_fini) struct streams streams = {{NULL}};
	struct delivery_options o = {
		.source = s->source, .organisation = f->organisations[v->org], .full = s->full};
	struct delivery_file files[STEP_KINDS];
	char names[STEP_KINDS][WHAT_SIZE];
	struct delivery_report report;
	size_t n = 0;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < STEP_KINDS && s->kinds[i]; i++) {
		rc = stream_open(f, s, i, v, &streams.of[n]);
		if (rc || !streams.of[n])
			continue;
		(void)snprintf(names[n], sizeof(names[n]), "%s-%s-%lld-%02lld.csv",
			       demo_parties[v->org].key, s->kinds[i]->reg, (long long)(v->abs / 12),
			       (long long)(v->abs % 12 + 1));
		files[n] = (struct delivery_file){
			.name = names[n],
			.format = DELIVERY_CSV,
			.reg = model_reg(f->ctx->model, str_of(s->kinds[i]->reg)),
			.source = stream_source(streams.of[n])};
		n++;
	}
	if (rc || n == 0)
		return rc;
	rc = delivery_import(f->ctx, &o, files, n, &report);
	if (rc)
		return rc;
	f->counts.deliveries++;
	f->counts.rows += report.total.read;
	f->counts.rejected += report.total.rejected;
	return ERR_NONE;
}

struct collected {
	struct buf delivery;
	size_t taken;
};

static enum err_code
collected_read(void *object, char *bytes, size_t size, size_t *ret_len, struct err *e)
{
	struct collected *c = object;
	size_t len = c->delivery.len - c->taken < size ? c->delivery.len - c->taken : size;

	(void)e;
	if (len > 0)
		memcpy(bytes, c->delivery.data + c->taken, len);
	c->taken += len;
	*ret_len = len;
	return ERR_NONE;
}

static void
collected_fini(struct collected *c)
{
	buf_fini(&c->delivery);
}

/* This machine, as one of the integrator's. */
static enum err_code
collect_here(struct fill *f)
{
	CLEANUP(collected_fini) struct collected c = {.delivery = {.limit = COLLECT_LIMIT}};
	struct collect_options o = {.root = "", .now_ms = f->world.now_ms};
	struct delivery_options d = {.organisation = f->organisations[ORG_INTEGRATOR],
				     .source = "collect",
				     .full = true};
	struct delivery_file file = {
		.name = "this machine",
		.format = DELIVERY_JSON_LINES,
		.source = {.read = collected_read, .object = &c}
	};
	struct collect_summary summary;
	struct delivery_report report;
	enum err_code rc = collect_run(&o, f->ctx->arena, &c.delivery, &summary, &f->ctx->err);

	if (!rc)
		rc = delivery_import(f->ctx, &d, &file, 1, &report);
	if (rc)
		return rc;
	f->counts.deliveries++;
	f->counts.rows += report.total.read;
	f->counts.rejected += report.total.rejected;
	return ERR_NONE;
}

static enum err_code
month_run(struct fill *f, int month)
{
	struct ctx *ctx = f->ctx;
	struct scene v = world_scene(&f->world, 0, month);
	int64_t begin = v.end_ms - (int64_t)demo_step_count * STEP_MINUTES * 60000;
	bool last = month == f->world.months - 1;
	struct assess_options o = {0};
	struct assess_report report;
	enum err_code rc = ERR_NONE;

	ctx->clock.fixed_ms = begin;
	if (month == 0)
		rc = parties_make(f);
	for (size_t s = 0; !rc && s < demo_step_count; s++) {
		for (int n = 0; !rc && n < DEMO_ORGS; n++) {
			/* The integrator comes last: its documents refer to the client's. */
			int org = (n + 1) % DEMO_ORGS;

			if (!step_delivers(&demo_steps[s], &f->world, org, month))
				continue;
			v = world_scene(&f->world, org, month);
			ctx->clock.fixed_ms =
				begin + ((int64_t)s * STEP_MINUTES + n * ORG_MINUTES) * 60000;
			tell(f, month, org, demo_steps[s].source);
			rc = step_run(f, &demo_steps[s], &v);
		}
	}
	ctx->clock.fixed_ms = v.end_ms;
	if (last)
		ctx->clock = f->clock;
	if (!rc && last) {
		tell(f, month, -1, "looking at this machine");
		rc = collect_here(f);
	}
	tell(f, month, -1, "deciding the plan");
	return rc ? rc : assess_run(ctx, &o, &report);
}

enum err_code
demo_fill(struct ctx *ctx, const struct demo_options *o, struct demo_counts *ret_counts)
{
	struct fill f = {.ctx = ctx, .options = o, .clock = ctx->clock};
	struct arena *arena = ctx->arena;
	enum err_code rc = ERR_NONE;

	demo_world(ctx, o, &f.world);
	for (int month = 0; !rc && month < o->months; month++) {
		struct arena memory;

		arena_init(&memory, MONTH_MEMORY);
		ctx->arena = &memory;
		rc = month_run(&f, month);
		ctx->arena = arena;
		arena_fini(&memory);
	}
	ctx->clock = f.clock;
	if (!rc)
		*ret_counts = f.counts;
	return rc;
}
