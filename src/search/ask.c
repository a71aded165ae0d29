#include "search/search_priv.h"

#include "access/grant.h"
#include "base/order.h"
#include "model/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_LIMIT = 262144,
	MS = 1000,
	/* What Holdfast alone writes comes after all else. */
	AHEAD = 1 << 24,
	PARTS = 2,
};

/* One search. */
struct asking {
	struct ctx *ctx;
	struct db *db;
	const struct search_question *q;
	const struct reg *reg; /* or NULL */
	struct word_list words;
	struct buf text; /* for the engine */
};

/* A record that has the words. */
struct found {
	int64_t id;
	int64_t score;
};

static void
word_sql(struct asking *a, struct str word)
{
	const struct db_words *w = db_words(a->db);

	buf_addf(&a->text, "%s%.*s%s%s", w->quote, STR_ARG(word), w->quote,
		 search_goes_on(word) ? w->begins : "");
}

/* Each compound by its parts or as a whole. */
static void
words_sql(struct asking *a)
{
	const struct db_words *w = db_words(a->db);
	const struct word_list *l = &a->words;
	size_t end;

	for (size_t i = 0; i < l->count; i = end) {
		end = words_compound(l, i);
		buf_addf(&a->text, "%s((", i ? w->and : "");
		for (size_t k = i; k < end; k++) {
			buf_addf(&a->text, "%s", k > i ? w->and : "");
			word_sql(a, l->words[k].text);
		}
		buf_addf(&a->text, ")");
		if (end - i > 1) {
			buf_addf(&a->text, "%s", w->or);
			word_sql(a, words_joined(l, i, end, a->ctx->arena));
		}
		buf_addf(&a->text, ")");
	}
}

static void
seen_add(struct asking *a, const struct reg *r, int64_t organisation, size_t *count)
{
	const struct db_words *w = db_words(a->db);

	for (int retired = 0; retired <= (int)a->q->retired; retired++) {
		buf_addf(&a->text, "%s%s", (*count)++ ? w->or : "", w->quote);
		search_seen(r, organisation, retired != 0, &a->text);
		buf_addf(&a->text, "%s", w->quote);
	}
}

/* Rows are as restricted as what they are about: none of a register that he does not read. */
static void
hidden_sql(struct asking *a, const struct reg *follows)
{
	const struct db_words *w = db_words(a->db);
	size_t count = 0;
	const int64_t *codes =
		grant_hidden(a->ctx->model, a->ctx->who, follows, a->ctx->arena, &count);

	for (size_t i = 0; i < count; i++) {
		buf_addf(&a->text, "%s%s", i ? w->or : w->but, i ? "" : "(");
		buf_addf(&a->text, "%s" SEARCH_ABOUT "%s", w->quote, (long long)codes[i], w->quote);
	}
	buf_addf(&a->text, "%s", count ? ")" : "");
}

/* The rows that whoever asks may see, so that no other is counted or ranked: of what Holdfast alone
 * writes, or of all else. False when there are none. */
static bool
seen_sql(struct asking *a, bool kernel)
{
	const struct model *m = a->ctx->model;
	const struct reg *follows = NULL;
	size_t count = 0;

	buf_addf(&a->text, "%s((", db_words(a->db)->and);
	for (size_t i = 0; i < m->reg_count; i++) {
		const struct reg *r = m->regs[i];
		struct sight sight;

		if (r->kernel != kernel || (a->reg && a->reg != r))
			continue;
		sight = sight_of(m, a->ctx->who, r, a->ctx->arena);
		if (sight.all)
			seen_add(a, r, 0, &count);
		for (size_t k = 0; !sight.all && k < sight.count; k++)
			seen_add(a, r, sight.organisations[k], &count);
		follows = r->follows ? r : follows;
	}
	buf_addf(&a->text, ")");
	if (follows)
		hidden_sql(a, follows);
	buf_addf(&a->text, ")");
	return count > 0;
}

/* The best first; of equals the newest. */
static int
by_score(const void *a, const void *b)
{
	const int64_t counter = ((int64_t)1 << ID_CODE_SHIFT) - 1;
	const struct found *x = a;
	const struct found *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	if ((x->id & counter) != (y->id & counter))
		return (x->id & counter) < (y->id & counter) ? 1 : -1;
	return int_cmp(x->id, y->id);
}

static enum err_code
found_read(struct asking *a, int64_t ahead, struct found *list, struct search_page *p)
{
	struct ctx *ctx = a->ctx;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(a->db, db_words(a->db)->find, &s, &ctx->err);
	const int64_t most = p->total + LIMIT_SEARCH_RANKED;
	bool row;

	if (rc)
		return rc;
	db_bind_text(s, 1, (struct str){a->text.data, a->text.len});
	db_bind_int(s, 2, LIMIT_SEARCH_RANKED + 1);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		const struct reg *r = model_reg_of_id(ctx->model, db_int(s, 0));

		if (p->total == most) {
			p->total_is_exact = false;
			break;
		}
		/* The index says where to look; this decides. */
		if (!r || !grant_reads(ctx->model, ctx->who, r, db_int(s, 1)))
			continue;
		list[p->total++] = (struct found){
			db_int(s, 0),
			ahead + search_score(&a->words, db_text(s, 2), db_text(s, 3), ctx->arena)};
	}
	return rc;
}

/* "score.number" of the last hit. */
static enum err_code
cursor_read(struct asking *a, struct found *ret_after)
{
	struct str rest = a->q->after;
	struct str first = rest.ptr ? str_cut(&rest, '.') : (struct str){0};

	if (!first.ptr ||
	    (rest.ptr && str_int(first, &ret_after->score) && str_int(rest, &ret_after->id)))
		return ERR_NONE;
	return err_set(&a->ctx->err, ERR_INVALID, "after",
		       "the cursor is damaged; begin again without it");
}

static enum err_code
question_read(struct asking *a)
{
	const struct search_question *q = a->q;
	struct ctx *ctx = a->ctx;
	const char *near;

	if (q->words.len > LIMIT_SEARCH_BYTES)
		return err_set(&ctx->err, ERR_TOO_BIG, "q",
			       "what is searched for has more than %d bytes", LIMIT_SEARCH_BYTES);
	if (!words_add(&a->words, q->words, LIMIT_SEARCH_WORDS, ctx->arena))
		return err_set(&ctx->err, ERR_TOO_BIG, "q", "a search has at most %d words",
			       LIMIT_SEARCH_WORDS);
	if (a->words.count == 0)
		return err_set(&ctx->err, ERR_INVALID, "q",
			       "give a word to search for: a letter or digit at least");
	if (q->limit < 0 || q->limit > LIMIT_SEARCH_HITS)
		return err_set(&ctx->err, ERR_INVALID, "limit", "the limit must be from 1 to %d",
			       LIMIT_SEARCH_HITS);
	if (!q->reg.ptr)
		return ERR_NONE;
	a->reg = model_reg(ctx->model, q->reg);
	near = a->reg ? NULL : model_nearest_reg(ctx->model, q->reg);
	if (!a->reg)
		return err_set(&ctx->err, ERR_MISSING, "register",
			       "there is no register '%.60s'%s%s%s", str_z(ctx->arena, q->reg),
			       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return grant_some(ctx->model, ctx->who, a->reg, ACT_READ, &ctx->err);
}

static enum err_code
page_fill(struct asking *a, const struct found *list, struct search_page *p)
{
	int64_t limit = a->q->limit ? a->q->limit : SEARCH_LIMIT;
	struct found after = {0};
	struct ctx *ctx = a->ctx;
	int64_t i = 0;
	enum err_code rc = cursor_read(a, &after);

	p->hits = arena_alloc(ctx->arena, (size_t)limit * sizeof(*p->hits));
	while (!rc && a->q->after.ptr && i < p->total && by_score(&list[i], &after) <= 0)
		i++;
	for (; !rc && i < p->total && (int64_t)p->count < limit; i++) {
		rc = search_tell(ctx, list[i].id, &a->words, &p->hits[p->count]);
		/* What went since the index was made. */
		if (rc == ERR_MISSING) {
			rc = ERR_NONE;
			continue;
		}
		p->count += !rc;
	}
	if (!rc && i > 0 && i < p->total) {
		char text[64];

		(void)snprintf(text, sizeof(text), "%lld.%lld", (long long)list[i - 1].score,
			       (long long)list[i - 1].id);
		p->next = str_dup(ctx->arena, str_of(text));
	}
	return rc;
}

/* What Holdfast alone writes is looked for by itself: there may be so much of it that none of the
 * rest would be ranked. */
static enum err_code
part_read(struct asking *a, bool kernel, struct found *list, struct search_page *p)
{
	enum err_code rc = ERR_NONE;

	a->text.len = 0;
	words_sql(a);
	if (!seen_sql(a, kernel))
		return ERR_NONE;
	if (a->text.failed)
		return err_set(&a->ctx->err, ERR_TOO_BIG, "q", "too much is asked for");
	db_deadline(a->db, (int64_t)LIMIT_SEARCH_SECONDS * MS);
	rc = found_read(a, kernel ? 0 : AHEAD, list, p);
	db_deadline(a->db, 0);
	return rc;
}

static enum err_code
hits_find(struct asking *a, struct search_page *p)
{
	struct found *list =
		arena_alloc(a->ctx->arena, PARTS * LIMIT_SEARCH_RANKED * sizeof(*list));
	enum err_code rc = part_read(a, false, list, p);

	if (!rc)
		rc = part_read(a, true, list, p);
	if (!rc && p->total > 0)
		qsort(list, (size_t)p->total, sizeof(*list), by_score);
	return rc ? rc : page_fill(a, list, p);
}

enum err_code
search_ask(struct ctx *ctx, struct search_index *x, const struct search_question *q,
	   struct search_page *ret_page)
{
	struct asking a = {.ctx = ctx, .q = q};
	struct search_page p = {.total_is_exact = true};
	struct db *db = NULL;
	enum err_code rc = question_read(&a);

	buf_init(&a.text, TEXT_LIMIT);
	if (!rc)
		rc = index_reader(x, &db, &ctx->err);
	a.db = db ? db : ctx->db;
	if (!rc)
		rc = hits_find(&a, &p);
	index_reader_back(x, db);
	/* The plan is everybody's. */
	if (!rc && !q->reg.ptr && !q->after.ptr)
		duties_find(ctx, index_duties(x), &a.words, q, &p);
	buf_fini(&a.text);
	if (!rc)
		*ret_page = p;
	return rc;
}

enum err_code
search_now(struct ctx *ctx, struct search_index *x, const struct search_question *q,
	   struct search_page *ret_page, bool *ret_whole)
{
	int64_t left = 0;
	enum err_code rc = search_catch_up(x, LIMIT_SEARCH_LEAVES, &left, &ctx->err);

	*ret_whole = left == 0;
	return rc ? rc : search_ask(ctx, x, q, ret_page);
}
