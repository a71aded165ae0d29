#include "record/roll.h"

#include "base/limits.h"
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
