#include "job/job_priv.h"

#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"

#include <string.h>

/* Two processes on one store, as far as its rows are concerned. */
struct two {
	struct desk_fixture desk;
	struct jobs one, other;
	struct who ann;
};

static void
two_open(struct two *t)
{
	struct signed_in in;

	desk_open(&t->desk);
	in = desk_sign_in(&t->desk, "ann");
	t->ann = desk_who(&t->desk, &in);
	t->one = (struct jobs){.owner = 1};
	t->other = (struct jobs){.owner = 2};
}

static void
two_close(struct two *t)
{
	desk_close(&t->desk);
}
#define TWO CLEANUP(two_close) struct two

static struct ctx *
ctx_of(struct two *t)
{
	return t->desk.store.ctx;
}

static void
waiting(struct two *t, int64_t id)
{
	const struct job job = {.id = id,
				.kind = JOB_EXPORT,
				.state = JOB_WAITING,
				.by = again_of(&t->ann),
				.actor = t->ann.actor,
				.register_name = str_of("site"),
				.arguments = str_of("{}"),
				.asked_at = t->desk.now};

	CHECK(!job_insert(ctx_of(t), &job));
}

static int64_t
claimed(struct two *t, struct jobs *by)
{
	struct job job = {0};
	bool found = false;

	CHECK(!job_claim(by, ctx_of(t), &job, &found));
	CHECK(!found || (job.state == JOB_RUNNING && job.started_at == t->desk.now));
	return found ? job.id : 0;
}

static enum job_state
state_of(struct two *t, int64_t id)
{
	struct job job = {0};
	bool found = false;

	CHECK(!job_row(ctx_of(t), id, &job, &found) && found);
	return job.state;
}

TEST(a_job_is_claimed_once_the_oldest_first)
{
	TWO t;

	two_open(&t);
	waiting(&t, 7);
	desk_wait(&t.desk, 1);
	waiting(&t, 5);
	CHECK(claimed(&t, &t.one) == 7);
	CHECK(claimed(&t, &t.other) == 5);
	CHECK(claimed(&t, &t.one) == 0);
}

TEST(a_job_whose_process_dies_is_taken_over_and_never_ended_by_it)
{
	TWO t;
	const struct job_end done = {.state = JOB_DONE, .result = str_of("{}")};
	const int64_t lease = (int64_t)LIMIT_JOB_LEASE_SECONDS * 1000;
	struct running now = {.id = 7, .done = 3, .total = 4, .what = "rows"};
	struct str cancelled;

	two_open(&t);
	waiting(&t, 7);
	CHECK(claimed(&t, &t.one) == 7);
	desk_wait(&t.desk, lease);
	CHECK(claimed(&t, &t.other) == 0);
	CHECK(!job_beat(&t.one, ctx_of(&t), &now, &cancelled) && !cancelled.ptr);
	desk_wait(&t.desk, lease);
	CHECK(claimed(&t, &t.other) == 0);
	CHECK(!job_result_put(&t.one, ctx_of(&t), 7, 0, str_of("of the first")));
	desk_wait(&t.desk, 1);
	CHECK(claimed(&t, &t.other) == 7);
	CHECK(store_count(&t.desk.store, "select count(*) from job_part") == 0);
	CHECK(job_beat(&t.one, ctx_of(&t), &now, &cancelled) == ERR_CONFLICT);
	CHECK(job_result_put(&t.one, ctx_of(&t), 7, 0, str_of("late")) == ERR_CONFLICT);
	CHECK(job_finish(&t.one, ctx_of(&t), 7, &done) == ERR_CONFLICT);
	CHECK(!job_give_back(&t.one, ctx_of(&t), 7, true) && state_of(&t, 7) == JOB_RUNNING);
	CHECK(!job_finish(&t.other, ctx_of(&t), 7, &done) && state_of(&t, 7) == JOB_DONE);
	CHECK(job_finish(&t.other, ctx_of(&t), 7, &done) == ERR_CONFLICT);
	CHECK(claimed(&t, &t.one) == 0);
}

TEST(a_job_that_is_given_back_waits_again)
{
	TWO t;
	struct job job = {0};
	bool found = false;

	two_open(&t);
	waiting(&t, 7);
	CHECK(claimed(&t, &t.one) == 7);
	CHECK(!job_give_back(&t.one, ctx_of(&t), 7, false));
	CHECK(!job_row(ctx_of(&t), 7, &job, &found) && job.state == JOB_WAITING && job.tries == 0);
	CHECK(claimed(&t, &t.other) == 7);
	CHECK(!job_give_back(&t.other, ctx_of(&t), 7, true));
	CHECK(!job_row(ctx_of(&t), 7, &job, &found) && job.tries == 1);
}

TEST(who_runs_a_job_is_told_that_it_was_cancelled)
{
	TWO t;
	const struct running now = {.id = 7, .what = "rows"};
	struct str cancelled;

	two_open(&t);
	waiting(&t, 7);
	CHECK(claimed(&t, &t.one) == 7);
	CHECK(!db_exec(ctx_of(&t)->db, "update job set cancelled_by = 'user:ann'",
		       &ctx_of(&t)->err));
	CHECK(!job_beat(&t.one, ctx_of(&t), &now, &cancelled) && str_is(cancelled, "user:ann"));
	CHECK(!job_finish_cancelled(&t.one, ctx_of(&t), 7, cancelled));
	CHECK(state_of(&t, 7) == JOB_CANCELLED && desk_events(&t.desk, "job_cancelled") == 1);
	CHECK(str_is(desk_event(&t.desk, "job_cancelled"),
		     "{\"job\":7,\"kind\":\"export\",\"register\":\"site\"}"));
	CHECK(store_count(&t.desk.store,
			  "select count(*) from event e join actor a on a.id = e.actor where "
			  "e.kind = 'job_cancelled' and a.name = 'user:ann'") == 1);
}

TEST(what_a_job_brought_goes_with_its_end_and_its_file_later)
{
	TWO t;
	const struct job_end done = {
		.state = JOB_DONE, .media = "text/csv", .rights = "r", .result = str_of("{}")};
	struct str piece;

	two_open(&t);
	waiting(&t, 7);
	waiting(&t, 8);
	CHECK(!job_piece_put(ctx_of(&t), 7, SIDE_UPLOAD, 0, str_of("brought")));
	CHECK(!job_piece_put(ctx_of(&t), 8, SIDE_UPLOAD, 0, str_of("another's")));
	CHECK(claimed(&t, &t.one) == 7);
	CHECK(!job_result_put(&t.one, ctx_of(&t), 7, 0, str_of("made")));
	CHECK(!job_finish(&t.one, ctx_of(&t), 7, &done));
	CHECK(!job_piece_get(ctx_of(&t), 7, SIDE_UPLOAD, 0, &piece) && !piece.ptr);
	CHECK(!job_piece_get(ctx_of(&t), 7, SIDE_RESULT, 0, &piece) && str_is(piece, "made"));
	CHECK(!job_piece_get(ctx_of(&t), 7, SIDE_RESULT, 1, &piece) && !piece.ptr);
	desk_wait(&t.desk, (int64_t)LIMIT_JOB_KEPT_SECONDS * 1000);
	CHECK(!job_tidy(ctx_of(&t)) && state_of(&t, 7) == JOB_DONE);
	desk_wait(&t.desk, 1);
	CHECK(!job_tidy(ctx_of(&t)));
	CHECK(store_count(&t.desk.store, "select count(*) from job where id = 7") == 0);
	CHECK(store_count(&t.desk.store, "select count(*) from job_part") == 1);
	CHECK(state_of(&t, 8) == JOB_WAITING);
}

TEST(what_never_came_whole_is_removed)
{
	TWO t;

	two_open(&t);
	waiting(&t, 7);
	CHECK(!db_exec(ctx_of(&t)->db, "update job set state = 'arriving'", &ctx_of(&t)->err));
	CHECK(claimed(&t, &t.one) == 0);
	desk_wait(&t.desk, (int64_t)LIMIT_JOB_ARRIVE_SECONDS * 1000);
	CHECK(!job_tidy(ctx_of(&t)) && state_of(&t, 7) == JOB_ARRIVING);
	desk_wait(&t.desk, 1);
	CHECK(!job_tidy(ctx_of(&t)));
	CHECK(store_count(&t.desk.store, "select count(*) from job") == 0);
}

static struct scratch *
upload_of(const char *text)
{
	struct scratch *s = NULL;
	struct err e = {0};

	CHECK(!scratch_new(&s, &e) && !scratch_add(s, str_of(text), &e));
	return s;
}

/* Asks as a request does. */
static enum err_code
ask_for(struct two *t, struct job_ask *ask)
{
	struct err e = {0};
	const struct job_asker a = {
		.jobs = &t->one, .who = &t->ann, .arena = ctx_of(t)->arena, .e = &e};
	struct group_change change = {.actor = t->ann.actor, .write = jobs_ask, .object = ask};
	enum err_code rc = jobs_prepare(&a, ask);

	if (!rc && ask->upload)
		rc = jobs_bring(&a, ask);
	if (!rc)
		rc = group_write(t->one.o.group, &change, &e);
	jobs_asked(&a, ask, !rc);
	return rc;
}

static void
asking_begin(struct two *t)
{
	struct err e = {0};

	two_open(t);
	CHECK(!group_new(ctx_of(t), &t->one.o.group, &e));
	CHECK(!pthread_mutex_init(&t->one.lock, NULL));
	CHECK(!pthread_cond_init(&t->one.changed, NULL));
}

static void
asking_end(struct two *t)
{
	group_free(t->one.o.group);
	CHECK(!pthread_mutex_destroy(&t->one.lock) && !pthread_cond_destroy(&t->one.changed));
}

TEST(a_login_has_so_many_jobs_that_are_not_done)
{
	TWO t;
	json_t *arguments = json_object();
	struct job_ask ask = {.kind = JOB_ASSESS, .arguments = arguments};
	struct job_ask more = ask, file = ask;

	asking_begin(&t);
	for (int i = 1; i < LIMIT_JOBS_UNFINISHED; i++)
		waiting(&t, i);
	file.upload = upload_of("key");
	CHECK(!ask_for(&t, &ask) && ask.job.id > 0);
	CHECK(ask_for(&t, &more) == ERR_TOO_OFTEN);
	CHECK(ask_for(&t, &file) == ERR_TOO_OFTEN);
	asking_end(&t);
	scratch_free(file.upload);
	json_decref(arguments);
	CHECK(desk_events(&t.desk, "job_asked") == 1);
}

TEST(what_was_brought_and_not_asked_for_goes)
{
	TWO t;
	json_t *arguments = json_object();
	struct job_ask ask = {
		.kind = JOB_IMPORT, .arguments = arguments, .upload = upload_of("key\na\n")};
	struct job_ask again = ask;
	struct err e = {0};
	struct job_asker a = {.jobs = &t.one, .who = &t.ann, .e = &e};

	asking_begin(&t);
	a.arena = ctx_of(&t)->arena;
	CHECK(!ask_for(&t, &ask));
	CHECK(!jobs_prepare(&a, &again) && !jobs_bring(&a, &again));
	/* The same was asked for before, so this one was not. */
	jobs_asked(&a, &again, true);
	/* One that was asked for does not go. */
	ask.asked = false;
	jobs_asked(&a, &ask, true);
	asking_end(&t);
	scratch_free(ask.upload);
	json_decref(arguments);
	CHECK(state_of(&t, ask.job.id) == JOB_WAITING);
	CHECK(store_count(&t.desk.store, "select count(*) from job") == 1);
	CHECK(store_count(&t.desk.store, "select count(*) from job_part") == 1);
	CHECK(desk_events(&t.desk, "job_asked") == 1);
}

TEST(other_rights_have_another_name)
{
	TWO t;
	char before[HASH_HEX_LEN + 1], after[HASH_HEX_LEN + 1];
	struct again again;
	struct who now;

	two_open(&t);
	again = again_of(&t.ann);
	job_rights(ctx_of(&t)->hasher, &t.ann, before);
	CHECK(!identity_again(&t.desk.v, &again, &now));
	job_rights(ctx_of(&t)->hasher, &now, after);
	CHECK(strcmp(before, after) == 0);
	desk_assign(&t.desk, &(struct desk_role){.person = t.desk.ann,
						 .organisation = t.desk.store.away,
						 .role = "all_staff",
						 .state = "current"});
	CHECK(!identity_again(&t.desk.v, &again, &now) && now.role_count == 1);
	job_rights(ctx_of(&t)->hasher, &now, after);
	CHECK(strcmp(before, after) != 0);
}
