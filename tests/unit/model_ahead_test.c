#include "model/ahead.h"
#include "model_fixture.h"
#include "sys/file.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

enum { FILES = 40, LOADS = 25, LONG = 20 };

/* Every other one with a fault that the parser finds in its last line, the others with one that the
 * loader finds. */
static void
faulty_put(struct content_fixture *f, int number)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};
	char path[64];

	(void)snprintf(path, sizeof(path), "registers/r%02d.yaml", number);
	buf_addf(&text, "name: r%02d\ncode: %d\nprefix: P%02d\ntitle: T\n%s: x\nfields:\n", number,
		 10 + number, number, number % 2 ? "unknown" : "about");
	for (int i = 0; i < LONG; i++)
		buf_addf(&text, "  - {name: f%d, type: text}\n", i);
	if (number % 2 == 0)
		buf_addf(&text, "title: twice\n");
	content_put(f, path, text.data);
}

/* Another thread parses from the last file backwards, and where the two meet is chance. */
TEST(whoever_parses_a_file_its_faults_come_in_the_order_of_the_files)
{
	CONTENT f;

	content_open(&f);
	for (int i = 0; i < FILES; i++)
		faulty_put(&f, i);
	for (int n = 0; n < LOADS; n++) {
		const char *last = "";
		int twice = 0;
		int unknown = 0;

		CHECK(!content_load(&f));
		for (const struct diag *g = f.diags.first; g; g = g->next) {
			CHECK(strcmp(last, g->file) <= 0);
			last = g->file;
			twice += strstr(g->message, "is already in line 4") != NULL;
			unknown += strstr(g->message, "unknown name 'unknown'") != NULL;
		}
		CHECK(twice == FILES / 2 && unknown == FILES / 2);
	}
}

static bool
load_begun_before(struct content_fixture *f)
{
	struct model_source from = {.content = f->folder,
				    .plan = file_join(&f->arena, f->folder, "plans/mini")};
	CLEANUP(ahead_endp) struct ahead *ahead = model_ahead(&from, &f->arena);

	CHECK(ahead);
	from.ahead = ahead;
	return !model_load(&from, &f->arena, &f->diags, &f->model, &f->e);
}

/* What only another thread has read is as good as what the loader has. */
TEST(a_plan_that_two_threads_read_is_the_same_each_time)
{
	struct hash hash = {0};
	CONTENT f;

	content_open(&f);
	for (int i = 0; i < FILES; i++) {
		char path[64], text[256];

		(void)snprintf(path, sizeof(path), "registers/r%02d.yaml", i);
		(void)snprintf(text, sizeof(text),
			       "name: r%02d\ncode: %d\nprefix: P%02d\ntitle: T\nfields:\n"
			       "  - {name: size, type: int}\n",
			       i, 10 + i, i);
		content_put(&f, path, text);
	}
	for (int n = 0; n < LOADS; n++) {
		CHECK((n % 2 ? load_begun_before(&f) : content_load(&f)) &&
		      f.model->reg_count == FILES + 2);
		CHECK(n == 0 || hash_eq(&hash, &f.model->hash));
		hash = f.model->hash;
		for (size_t i = 0; i < f.model->reg_count; i++)
			CHECK(f.model->regs[i]->index == i);
	}
}

TEST(what_is_parsed_meanwhile_need_not_be_asked_for)
{
	struct model_source from = {0};
	struct arena a;
	CONTENT f;

	content_open(&f);
	for (int i = 0; i < FILES; i++)
		faulty_put(&f, i);
	from.content = f.folder;
	from.plan = file_join(&f.arena, f.folder, "plans/mini");
	for (int n = 0; n < LOADS; n++) {
		arena_init_large(&a, (size_t)16 << 20);
		ahead_end(model_ahead(&from, &a));
		arena_fini(&a);
	}
	from.content = "/nonexistent";
	from.plan = "/nonexistent/plan";
	CHECK(!model_ahead(&from, &f.arena));
}
