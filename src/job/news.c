#include "access/grant.h"
#include "base/limits.h"
#include "job/job_priv.h"
#include "job/watch_priv.h"
#include "ledger/ledger.h"
#include "sys/clock.h"

#include <stdlib.h>

enum {
	WHO_MS = 2000,
	/* A job is told of for so long after its end. */
	ENDED_MS = 120000,
	/* An id is given now and then, even without an event. */
	ID_EVERY = 1000,
	TEXT_LIMIT = LIMIT_EVENT_BYTES + 65536,
};

/* Who has ended is told no more. */
static enum err_code
know(struct ctx *ctx, struct watcher *x)
{
	int other = 1 - x->arena;
	struct ctx own = *ctx;
	struct visit v = {.ctx = &own};
	struct who who;
	enum err_code rc;

	if (x->known && clock_monotonic_ms() - x->known_ms < WHO_MS)
		return ERR_NONE;
	arena_reset(&x->arenas[other]);
	own.arena = &x->arenas[other];
	rc = identity_again(&v, &x->by, &who);
	if (rc == ERR_DENIED) {
		watcher_over(x);
		x->known = false;
		return ERR_NONE;
	}
	if (rc) {
		ctx->err = own.err;
		return rc;
	}
	x->who = who;
	x->arena = other;
	x->known = true;
	x->known_ms = clock_monotonic_ms();
	return ERR_NONE;
}

static void
begin(struct watcher *x, int64_t size)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 256};
	bool unknown = x->from == POSITION_UNKNOWN || x->from > size;

	x->begun = true;
	if (x->from < 0 || unknown)
		x->from = size;
	x->id = x->from;
	buf_addf(&text, "id: %lld\nevent: begin\ndata: {\"position\":%lld}\n\n", (long long)x->from,
		 (long long)x->from);
	if (unknown)
		watcher_lose(x, size);
	else
		watcher_tell(x, &text, size);
}

/* A cell that changed, and where that stands in the ledger. */
struct news {
	int64_t position;
	int64_t organisation;
	struct str text; /* of the event */
};

struct news_list {
	int64_t from;
	struct news *list;
	size_t count;
	bool more;
};

static const char cells_sql[] =
	"select l.idx, c.id, c.organisation, o.key, c.obligation, c.period, c.result, c.reason, "
	"c.failing, c.changed_at from ledger_leaf l join cell c on c.id = l.subject and "
	"c.row_version = l.version join organisation o on o.id = c.organisation where l.idx >= "
	":from and l.idx < :to and l.subject >= :low and l.subject < :high order by l.idx limit "
	":limit";

static struct str
cell_text(struct ctx *ctx, const struct db_stmt *s)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};
	char name[RECORD_NAME_SIZE];
	struct json_writer w;

	record_name(ctx->model, db_int(s, 1), name);
	buf_addf(&text, "id: %lld\nevent: cell\ndata: ", (long long)db_int(s, 0) + 1);
	jw_begin(&w, &text, false);
	jw_object(&w);
	jw_key_word(&w, "id", name);
	jw_key_text(&w, "obligation", db_text(s, 4));
	jw_key_text(&w, "organisation", db_text(s, 3));
	jw_key_text(&w, "period", db_text(s, 5));
	jw_key_text(&w, "state", db_text(s, 6));
	jw_key_text(&w, "reason", db_text(s, 7));
	jw_key_int(&w, "failing", db_int(s, 8));
	jw_key_text(&w, "changed_at", db_text(s, 9));
	jw_end_object(&w);
	buf_addf(&text, "\n\n");
	return str_dup(ctx->arena, (struct str){text.data, text.failed ? 0 : text.len});
}

static enum err_code
cells_read(struct ctx *ctx, const struct reg *cells, int64_t to, struct news_list *l)
{
	size_t cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, cells_sql, &s, &ctx->err);
	bool row = false;

	if (rc)
		return rc;
	db_bind_int(s, 1, l->from);
	db_bind_int(s, 2, to);
	db_bind_int(s, 3, cells->code << ID_CODE_SHIFT);
	db_bind_int(s, 4, (cells->code + 1) << ID_CODE_SHIFT);
	db_bind_int(s, 5, LIMIT_EVENTS_AT_ONCE + 1);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		l->list = arena_room(ctx->arena, l->list, l->count, &cap, sizeof(*l->list));
		l->list[l->count++] = (struct news){.position = db_int(s, 0) + 1,
						    .organisation = db_int(s, 2),
						    .text = cell_text(ctx, s)};
	}
	l->more = l->count > LIMIT_EVENTS_AT_ONCE;
	return rc;
}

static void
cells_tell(struct ctx *ctx, const struct reg *cells, struct watcher *x, const struct news_list *l,
	   int64_t size)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};

	x->from = size;
	if (l->more) {
		watcher_lose(x, size);
		x->id = size;
		return;
	}
	for (size_t i = 0; i < l->count; i++) {
		const struct news *n = &l->list[i];

		if (!grant_reads(ctx->model, &x->who, cells, n->organisation))
			continue;
		buf_add(&text, n->text.ptr, n->text.len);
		x->id = n->position;
	}
	if (size - x->id >= ID_EVERY) {
		buf_addf(&text, "id: %lld\n\n", (long long)size);
		x->id = size;
	}
	watcher_tell(x, &text, size);
}

/* Most have been told the same. */
static enum err_code
cells_look(struct ctx *ctx, struct watch *w, int64_t size)
{
	const struct reg *cells = model_reg(ctx->model, str_of("cell"));
	enum err_code rc = ERR_NONE;

	for (struct watcher *x = w->active; !rc && cells && x; x = x->next) {
		struct news_list l = {.from = x->from};

		if (!x->known || x->from >= size)
			continue;
		rc = cells_read(ctx, cells, size, &l);
		for (struct watcher *y = x; !rc && y; y = y->next) {
			if (y->known && y->from == l.from)
				cells_tell(ctx, cells, y, &l, size);
		}
	}
	return rc;
}

static uint64_t
look_of(const struct job *job)
{
	uint64_t what = (uint64_t)job->state << 1 | job->cancelling;

	return what ^ (uint64_t)job->done << 8 ^ (uint64_t)job->total << 32 ^ job->what.len << 56;
}

/* Whether he was told of it as it is. */
static bool
is_seen(const struct watcher *x, const struct job *job)
{
	for (size_t i = 0; i < x->seen_count; i++) {
		if (x->seen[i].id == job->id)
			return x->seen[i].what == look_of(job);
	}
	return false;
}

static void
jobs_tell(struct watcher *x, const struct job *list, size_t count, int64_t size)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	struct seen_job *seen = calloc(count + 1, sizeof(*seen));

	for (size_t i = 0; seen && i < count; i++) {
		struct json_writer w;

		seen[i] = (struct seen_job){list[i].id, look_of(&list[i])};
		if (is_seen(x, &list[i]))
			continue;
		buf_addf(&text, "event: job\ndata: ");
		jw_begin(&w, &text, false);
		job_json(&w, &list[i], false);
		buf_addf(&text, "\n\n");
	}
	watcher_tell(x, &text, size);
	free(x->seen);
	x->seen = seen;
	x->seen_count = seen ? count : 0;
}

static enum err_code
jobs_news(struct ctx *ctx, struct watcher *x, int64_t size)
{
	int64_t since = clock_now(&ctx->clock) - ENDED_MS;
	struct job *list = NULL;
	size_t count = 0, kept = 0;
	enum err_code rc = job_rows(ctx, x->by.login, &list, &count);

	for (size_t i = 0; !rc && i < count; i++) {
		if (list[i].state <= JOB_RUNNING || list[i].ended_at >= since)
			list[kept++] = list[i];
	}
	if (rc)
		return rc;
	for (size_t i = 0; i < kept; i++)
		job_now(x->watch->o.jobs, ctx->arena, &list[i]);
	jobs_tell(x, list, kept, size);
	return ERR_NONE;
}

enum err_code
news_look(struct ctx *ctx, void *watch)
{
	struct watch *w = watch;
	int64_t size = 0;
	enum err_code rc = ledger_length(ctx->ledger, &size, &ctx->err);

	for (struct watcher *x = w->active; !rc && x; x = x->next) {
		rc = know(ctx, x);
		if (!rc && x->known && !x->begun)
			begin(x, size);
	}
	if (!rc)
		rc = cells_look(ctx, w, size);
	for (struct watcher *x = w->active; !rc && x; x = x->next) {
		if (x->known)
			rc = jobs_news(ctx, x, size);
	}
	return rc;
}
