#include "record/roll.h"

#include "base/limits.h"
#include "model/sql.h"
#include "record_fixture.h"
#include "test.h"

static struct roll_use
asked_often(struct store_fixture *f, size_t *memory)
{
	const struct reg *person = store_reg(f, "person");
	int64_t questions = 32000 / db_question_rows(f->ctx->db);
	struct roll_use use = {0};

	CHECK(questions > 100 && questions <= 1000);
	for (int64_t i = 1; i < questions; i++)
		CHECK(!roll_ask(f->ctx, person, memory, &use) && !use.roll);
	CHECK(!roll_ask(f->ctx, person, memory, &use));
	return use;
}

TEST(a_roll_gives_every_record_with_the_key_after_many_questions)
{
	STORE f;
	struct record r;
	struct roll_use use;
	struct roll_found found;
	size_t memory = LIMIT_ROLL_BYTES;
	size_t at = 0;
	int64_t ids[2];
	int count = 0;

	store_open(&f);
	for (int i = 0; i < 2; i++) {
		r = store_record(&f, "person", "ann");
		store_set(&f, &r, "name", "Ann");
		r.organisation = i ? f.away : f.home;
		r.feed = str_of(i ? "hr" : "file");
		ids[i] = store_put(&f, &r);
	}
	use = asked_often(&f, &memory);
	CHECK(use.roll && memory < LIMIT_ROLL_BYTES);
	while (roll_next(use.roll, str_of("ann"), &at, &found)) {
		int i = found.id == ids[1];

		CHECK(found.id == ids[i] && found.organisation == (i ? f.away : f.home));
		CHECK(str_is(found.feed, i ? "hr" : "file"));
		count++;
	}
	CHECK(count == 2);
	at = 0;
	CHECK(!roll_next(use.roll, str_of("anna"), &at, &found));
	roll_drop(&use, &memory);
	CHECK(memory == LIMIT_ROLL_BYTES && !use.roll);
}

TEST(a_roll_that_would_take_more_than_its_memory_is_not_read)
{
	STORE f;
	struct record r;
	struct roll_use use;
	size_t memory = 10000;

	store_open(&f);
	r = store_record(&f, "person", "ann");
	store_set(&f, &r, "name", "Ann");
	(void)store_put(&f, &r);
	/* Enough for the slots, not for the keys. */
	use = asked_often(&f, &memory);
	CHECK(!use.roll && memory == 10000);
	memory = 10;
	use = asked_often(&f, &memory);
	CHECK(!use.roll && memory == 10);
}

enum { MANY = 60000 };

/* The first person so many times more, with other numbers and keys, past the writing path. */
static void
many_put(struct store_fixture *f)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	const struct table *t = store_reg(f, "person")->table;

	buf_addf(&sql,
		 "insert into person with recursive n(i) as (select 1 union all "
		 "select n.i + 1 from n where n.i < %d) select t.id + n.i",
		 MANY);
	for (size_t i = 1; i < t->column_count; i++)
		buf_addf(&sql,
			 strcmp(t->columns[i].name, "key") == 0 ? ", t.key || n.i" : ", t.\"%s\"",
			 t->columns[i].name);
	buf_addf(&sql, " from person t cross join n");
	CHECK(!db_exec(f->ctx->db, sql.data, &f->ctx->err));
}

/* More than fit into one piece of its memory. */
TEST(a_roll_of_many_finds_each_of_them)
{
	STORE f;
	struct record r;
	struct roll_use use = {0};
	struct roll_found found;
	size_t memory = LIMIT_ROLL_BYTES;
	const struct reg *person;
	int64_t id;

	store_open(&f);
	person = store_reg(&f, "person");
	r = store_record(&f, "person", "ann");
	store_set(&f, &r, "name", "Ann");
	id = store_put(&f, &r);
	many_put(&f);
	for (int i = 0; i < 2 * MANY && !use.roll; i++)
		CHECK(!roll_ask(f.ctx, person, &memory, &use));
	CHECK(use.roll && LIMIT_ROLL_BYTES - memory > 4 << 20);
	for (int i = 1; i <= MANY; i++) {
		char key[32];
		size_t at = 0;

		(void)snprintf(key, sizeof(key), "ann%d", i);
		for (enum roll_look look = 0; look < ROLL_LOOKS; look++)
			roll_expect(&use, str_of(key), look);
		CHECK(roll_next(use.roll, str_of(key), &at, &found) && found.id == id + i);
		CHECK(!roll_next(use.roll, str_of(key), &at, &found));
	}
	for (enum roll_look look = 0; look < ROLL_LOOKS; look++)
		roll_expect(&use, str_of("nobody"), look);
	r.id = id + MANY + 1;
	r.key = str_of("bob");
	r.delivered = 7;
	roll_note(&use, &memory, &r, true);
	CHECK(use.roll);
	r.delivered = 8;
	roll_note(&use, &memory, &r, false);
	CHECK(use.roll && roll_next(use.roll, r.key, &(size_t){0}, &found) && found.delivered == 8);
	roll_drop(&use, &memory);
	CHECK(memory == LIMIT_ROLL_BYTES);
	for (enum roll_look look = 0; look < ROLL_LOOKS; look++)
		roll_expect(&use, r.key, look);
}
