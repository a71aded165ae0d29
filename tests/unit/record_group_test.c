#include "record/group.h"

#include "test.h"
#include "workspace_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* More threads than one of them tells of their answers. */
enum { THREADS = 20, EACH = 10 };

struct author {
	struct group *group;
	const struct model *model;
	int64_t organisation;
	char name[24];
	size_t number;
	size_t kept;
	size_t refused;
	struct arena arena;
};

struct entry {
	struct author *by;
	char key[24];
	bool torn;
};

/* A new item; a torn one fails after it has written a first. */
static enum err_code
item_write(void *object, struct writer *w)
{
	struct entry *en = object;
	struct record r = record_blank(model_reg(en->by->model, str_of("item")), str_of(en->key),
				       en->by->organisation, &en->by->arena);
	struct str detail = str_of(en->torn ? "" : "{}");
	enum written written;
	enum err_code rc = writer_new_id(w, r.reg, &r.id);

	r.feed = str_of("test");
	record_set_text(&r, "note", str_of(en->key));
	if (!rc)
		rc = writer_put(w, &r, &written);
	/* A number that is taken: the store refuses it after the first was written. */
	if (!rc && en->torn) {
		struct record again = r;

		again.id++;
		rc = writer_put(w, &again, &written);
	}
	return rc ? rc : writer_event(w, "noted", detail);
}

static void *
author_run(void *object)
{
	struct author *a = object;

	for (size_t i = 0; i < EACH; i++) {
		struct entry en = {.by = a, .torn = a->number == 0 && i % 5 == 0};
		struct group_change c = {.actor = str_of(a->name),
					 .write = item_write,
					 .object = &en,
					 .about = a->organisation};
		struct err e = {0};

		(void)snprintf(en.key, sizeof(en.key), "%zu-%zu", a->number, i);
		if (group_write(a->group, &c, &e) == ERR_NONE)
			a->kept++;
		else
			a->refused++;
	}
	return NULL;
}

static int
count_of(struct workspace_fixture *f, const char *sql)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->ctx->db, sql, &s, &f->ctx->err));
	CHECK(!db_step(s, &row, &f->ctx->err) && row);
	return (int)db_int(s, 0);
}

TEST(changes_of_many_threads_are_committed_together_and_a_bad_one_hinders_no_other)
{
	static struct author authors[THREADS];
	pthread_t threads[THREADS];
	struct group *g = NULL;
	struct err e = {0};
	int before;
	KEPT f;

	kept_open(&f);
	before = count_of(&f, "select count(*) from ledger_checkpoint");
	CHECK(!group_new(f.ctx, &g, &e));
	for (size_t i = 0; i < THREADS; i++) {
		authors[i] = (struct author){
			.group = g, .model = f.ctx->model, .organisation = f.alpha, .number = i};
		arena_init(&authors[i].arena, 16 * 1024 * 1024);
		(void)snprintf(authors[i].name, sizeof(authors[i].name), "author %zu", i);
		CHECK(pthread_create(&threads[i], NULL, author_run, &authors[i]) == 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	group_free(g);
	for (size_t i = 0; i < THREADS; i++) {
		CHECK(authors[i].refused == (i == 0 ? EACH / 5 : 0));
		CHECK(authors[i].kept + authors[i].refused == EACH);
		arena_fini(&authors[i].arena);
	}
	CHECK(count_of(&f, "select count(*) from item") == THREADS * EACH - EACH / 5);
	CHECK(count_of(&f, "select count(*) from event where kind = 'noted'") ==
	      THREADS * EACH - EACH / 5);
	/* Each author's under the author's name, and fewer commits than changes. */
	CHECK(count_of(&f, "select count(*) from item i join actor a on a.id = i.recorded_by "
			   "where a.name = 'author 3'") == EACH);
	CHECK(count_of(&f, "select count(*) from ledger_checkpoint") - before <
	      THREADS * EACH - EACH / 5);
	CHECK(kept_verify(&f, NULL).count == 0);
}
