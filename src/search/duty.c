/* duty.c -- duties of the plan by their words. There are some hundreds, so each is looked at. */
#include "search/search_priv.h"

#include <stdlib.h>

enum { ROW_LIMIT = 65536 };

static void
text_add(const char *text, struct arena *a, struct buf *out)
{
	size_t left = LIMIT_SEARCH_RECORD_WORDS;

	(void)search_words_put(str_of(text), &left, a, out);
}

static const char *
section_title(const struct model *m, const struct obligation *o)
{
	const struct section *s = model_section(m, str_of(o->section));

	return s ? s->title : "";
}

const struct duty_row *
duty_rows(const struct model *m, struct arena *a)
{
	CLEANUP(buf_fini) struct buf head = {.limit = ROW_LIMIT};
	CLEANUP(buf_fini) struct buf body = {.limit = ROW_LIMIT};
	struct duty_row *rows = arena_alloc(a, (m->plan.obligation_count + 1) * sizeof(*rows));

	for (size_t i = 0; i < m->plan.obligation_count; i++) {
		const struct obligation *o = &m->plan.obligations[i];

		head.len = body.len = 0;
		text_add(o->id, a, &head);
		text_add(o->title, a, &head);
		text_add(o->duty, a, &body);
		text_add(section_title(m, o), a, &body);
		rows[i] = (struct duty_row){str_dup(a, (struct str){head.data, head.len}),
					    str_dup(a, (struct str){body.data, body.len})};
	}
	return rows;
}

struct ranked {
	size_t at; /* in the plan */
	int64_t score;
};

/* The best first; of equals as in the plan. */
static int
by_score(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->at > y->at) - (x->at < y->at);
}

/* As it is shown: its id and title are there anyway. */
static void
duty_tell(struct ctx *ctx, const struct obligation *o, const struct word_list *asked,
	  struct search_duty *d)
{
	d->obligation = o;
	if (!search_place_find(asked, "duty", str_of(o->duty), ctx->arena, &d->place))
		(void)search_place_find(asked, "section", str_of(section_title(ctx->model, o)),
					ctx->arena, &d->place);
}

void
duties_find(struct ctx *ctx, const struct duty_row *rows, const struct word_list *asked,
	    const struct search_question *q, struct search_page *p)
{
	const struct plan *plan = &ctx->model->plan;
	const size_t most = (size_t)(q->limit ? q->limit : SEARCH_LIMIT);
	struct ranked *all = arena_alloc(ctx->arena, (plan->obligation_count + 1) * sizeof(*all));
	struct search_duty *duties;
	size_t count = 0;

	for (size_t i = 0; i < plan->obligation_count; i++) {
		int64_t score = search_score(asked, rows[i].head, rows[i].body, ctx->arena);

		if (score > 0)
			all[count++] = (struct ranked){i, score};
	}
	qsort(all, count, sizeof(*all), by_score);
	count = count < most ? count : most;
	duties = arena_alloc(ctx->arena, (count + 1) * sizeof(*duties));
	for (size_t i = 0; i < count; i++)
		duty_tell(ctx, &plan->obligations[all[i].at], asked, &duties[i]);
	p->duties = duties;
	p->duty_count = count;
}
