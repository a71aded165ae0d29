#include "base/limits.h"
#include "identity_fixture.h"
#include "test.h"
#include "workspace_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LET_IN, REFUSED, MUST_WAIT, OTHER, RIVALS = 2, GUESSERS = 4, GUESSES = 3, ROUNDS = 6 };

/* One process, or one thread, with a connection of its own. */
struct seat {
	struct workspace *ws;
	struct identity *identity;
	struct visit v;
};

static void
sit(struct seat *s, const char *home, struct group *group)
{
	const struct workspace_options o = {.home = home};
	struct err e = {0};

	CHECK(!workspace_open(&o, DB_WRITE, &s->ws, &e));
	CHECK(!identity_new(workspace_key(s->ws), group, &s->identity, &e));
	s->v = (struct visit){.ctx = workspace_ctx(s->ws), .identity = s->identity};
	/* However long it takes, it is one moment. */
	s->v.ctx->clock.fixed_ms = 1781524800000;
}

static void
rise(struct seat *s)
{
	identity_free(s->identity);
	workspace_close(s->ws);
}

static enum err_code
sign_in(struct seat *s, const char *password, struct signed_in *ret_in)
{
	const struct credentials c = {.name = str_of("ann"), .password = str_of(password)};

	return identity_sign_in(&s->v, &c, ret_in);
}

static struct who
who_of(struct seat *s, const char *token)
{
	struct who who;

	CHECK(!identity_session(&s->v, str_of(token), &who));
	return who;
}

static void
ann_make(struct seat *s)
{
	CHECK(!login_add(&s->v, &(struct login_new){.name = str_of("ann")}));
	CHECK(!login_set_password(&s->v, str_of("ann"), str_of(PASSWORD)));
}

static struct enrolled
ann_enrol(struct seat *s)
{
	char code[TOTP_DIGITS + 1];
	struct signed_in in;
	struct enrolment n;
	struct enrolled done;
	struct who who;

	CHECK(!sign_in(s, PASSWORD, &in));
	who = who_of(s, in.token);
	CHECK(!identity_enrol(&s->v, &who, &n));
	code_of(n.secret, clock_now(&s->v.ctx->clock), code);
	CHECK(!identity_enrol_confirm(&s->v, &who, str_of(code), &done));
	return done;
}

static int64_t
count(struct seat *s, const char *select)
{
	DB_STMT *q = NULL;
	bool row;

	CHECK(!db_prepare(s->v.ctx->db, select, &q, &s->v.ctx->err));
	CHECK(!db_step(q, &row, &s->v.ctx->err) && row);
	return db_int(q, 0);
}

static int
outcome(enum err_code rc)
{
	if (rc == ERR_DENIED)
		return REFUSED;
	if (rc == ERR_TOO_OFTEN)
		return MUST_WAIT;
	return rc ? OTHER : LET_IN;
}

/* Waits until the test closes the other end. */
static void
wait_for_start(const int ends[2])
{
	char go;

	CHECK(close(ends[1]) == 0);
	CHECK(read(ends[0], &go, 1) == 0);
}

static int
ended(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static pid_t
rival(const char *home, const char *token, const char *code, const int ends[2])
{
	pid_t pid = fork();
	struct signed_in done;
	struct seat s;
	struct who who;

	CHECK(pid >= 0);
	if (pid)
		return pid;
	sit(&s, home, NULL);
	who = who_of(&s, token);
	wait_for_start(ends);
	_exit(outcome(identity_second_factor(&s.v, &who, str_of(code), &done)));
}

TEST(of_two_processes_with_the_last_recovery_code_one_is_let_in)
{
	KEPT f;
	struct signed_in in[RIVALS], next;
	struct enrolled enrolled;
	struct seat s;
	struct who who;
	pid_t pids[RIVALS];
	int ends[2], let_in = 0, refused = 0;

	kept_open(&f);
	sit(&s, f.home, NULL);
	ann_make(&s);
	enrolled = ann_enrol(&s);
	for (int i = 0; i < RECOVERY_CODES - 1; i++) {
		who = who_of(&s, i ? next.token : enrolled.token);
		CHECK(!identity_second_factor(&s.v, &who, str_of(enrolled.recovery.codes[i]),
					      &next));
	}
	for (int i = 0; i < RIVALS; i++)
		CHECK(!sign_in(&s, PASSWORD, &in[i]));
	rise(&s);
	kept_leave(&f);
	CHECK(pipe(ends) == 0);
	for (int i = 0; i < RIVALS; i++)
		pids[i] = rival(f.home, in[i].token, enrolled.recovery.codes[RECOVERY_CODES - 1],
				ends);
	CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
	for (int i = 0; i < RIVALS; i++) {
		int end = ended(pids[i]);

		let_in += end == LET_IN;
		refused += end == REFUSED;
	}
	CHECK(let_in == 1 && refused == RIVALS - 1);
	sit(&s, f.home, NULL);
	CHECK(count(&s, "select count(*) from login_code") == 0);
	rise(&s);
	kept_reopen(&f);
	CHECK(kept_verify(&f, NULL).count == 0);
}

static pid_t
guesser(const char *home, const int ends[2])
{
	pid_t pid = fork();
	struct signed_in in;
	struct seat s;
	int worst = REFUSED;

	CHECK(pid >= 0);
	if (pid)
		return pid;
	sit(&s, home, NULL);
	wait_for_start(ends);
	for (int i = 0; i < GUESSES; i++) {
		int end = outcome(sign_in(&s, "not the right words", &in));

		worst = end > worst ? end : worst;
	}
	_exit(worst);
}

TEST(processes_that_guess_together_have_five_guesses_together)
{
	KEPT f;
	struct signed_in in;
	struct seat s;
	pid_t pids[GUESSERS];
	int ends[2];

	kept_open(&f);
	sit(&s, f.home, NULL);
	ann_make(&s);
	rise(&s);
	kept_leave(&f);
	CHECK(pipe(ends) == 0);
	for (int i = 0; i < GUESSERS; i++)
		pids[i] = guesser(f.home, ends);
	CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
	for (int i = 0; i < GUESSERS; i++)
		CHECK(ended(pids[i]) != OTHER);
	sit(&s, f.home, NULL);
	CHECK(count(&s, "select count(*) from event where kind = 'sign_in_failed'") ==
	      LIMIT_ACCOUNT_FAILURES);
	CHECK(sign_in(&s, PASSWORD, &in) == ERR_TOO_OFTEN);
	rise(&s);
	kept_reopen(&f);
}

/* Uses one code after the other, until it is killed. */
static pid_t
spender(const char *home, const char *token, const struct recovery *r)
{
	pid_t pid = fork();
	struct signed_in in = {0};
	struct seat s;
	struct who who;

	CHECK(pid >= 0);
	if (pid)
		return pid;
	sit(&s, home, NULL);
	for (int i = 0; i < RECOVERY_CODES; i++) {
		who = who_of(&s, i ? in.token : token);
		CHECK(!identity_second_factor(&s.v, &who, str_of(r->codes[i]), &in));
	}
	_exit(LET_IN);
}

TEST(a_code_is_used_with_its_event_or_not_at_all_when_a_process_is_killed)
{
	KEPT f;
	struct enrolled enrolled;
	struct seat s;
	int64_t told = 0;

	kept_open(&f);
	sit(&s, f.home, NULL);
	ann_make(&s);
	for (int round = 0; round < ROUNDS; round++) {
		const struct timespec delay = {0, (20 + round * 7) * 1000000L};
		int64_t left, events;
		bool changed;
		pid_t pid;

		CHECK(!login_reset_factor(&s.v, str_of("ann"), &changed));
		enrolled = ann_enrol(&s);
		told = count(&s, "select count(*) from event where kind = 'proven_again'");
		rise(&s);
		kept_leave(&f);
		pid = spender(f.home, enrolled.token, &enrolled.recovery);
		(void)nanosleep(&delay, NULL);
		(void)kill(pid, SIGKILL);
		CHECK(waitpid(pid, NULL, 0) == pid);
		sit(&s, f.home, NULL);
		kept_reopen(&f);
		left = count(&s, "select count(*) from login_code");
		events = count(&s, "select count(*) from event where kind = 'proven_again'");
		CHECK(left == RECOVERY_CODES - (events - told));
	}
	rise(&s);
	CHECK(kept_verify(&f, NULL).count == 0);
}

/* A thread of a server, which writes through the group. */
struct thread {
	const char *home;
	struct group *group;
	struct identity *identity;
	int let_in, refused;
};

static void *
visit(void *object)
{
	struct thread *t = object;
	struct signed_in in;
	struct seat s;

	sit(&s, t->home, NULL);
	identity_free(s.identity);
	s.identity = t->identity;
	s.v.identity = t->identity;
	s.v.address = str_of("192.0.2.1");
	for (int i = 0; i < GUESSES; i++) {
		enum err_code rc = sign_in(&s, i == 1 ? "not the right words" : PASSWORD, &in);

		t->let_in += rc == ERR_NONE;
		t->refused += rc == ERR_DENIED;
		if (!rc)
			CHECK(who_of(&s, in.token).session == in.session);
	}
	s.identity = NULL;
	rise(&s);
	return NULL;
}

TEST(threads_sign_in_through_one_writer)
{
	KEPT f;
	struct thread threads[GUESSERS] = {{.home = NULL}};
	pthread_t ids[GUESSERS];
	struct identity *shared;
	struct group *group;
	struct seat s;
	struct err e;

	kept_open(&f);
	sit(&s, f.home, NULL);
	ann_make(&s);
	CHECK(!group_new(f.ctx, &group, &e));
	CHECK(!identity_new(workspace_key(f.ws), group, &shared, &e));
	for (int i = 0; i < GUESSERS; i++) {
		threads[i] = (struct thread){.home = f.home, .group = group, .identity = shared};
		CHECK(pthread_create(&ids[i], NULL, visit, &threads[i]) == 0);
	}
	for (int i = 0; i < GUESSERS; i++) {
		CHECK(pthread_join(ids[i], NULL) == 0);
		CHECK(threads[i].let_in == GUESSES - 1 && threads[i].refused == 1);
	}
	group_free(group);
	identity_free(shared);
	CHECK(count(&s,
		    "select count(*) from event e join actor a on a.id = e.actor where "
		    "e.kind = 'signed_in' and a.name = 'user:ann'") == GUESSERS * (GUESSES - 1));
	CHECK(count(&s, "select count(*) from event e join actor a on a.id = e.actor where "
			"e.kind = 'sign_in_failed' and a.name = 'anyone'") == GUESSERS);
	rise(&s);
	CHECK(kept_verify(&f, NULL).count == 0);
}

/* That something is used is left to the writer: whoever asks is answered while another writes. */
TEST(use_is_noted_without_waiting_for_who_writes)
{
	const struct token_new n = {
		.name = str_of("a job"), .writes = true, .all_registers = true, .days = 30};
	struct token_made good, revoked;
	struct group *group;
	struct seat s, reader;
	struct signed_in in;
	struct who who;
	struct err e;
	KEPT f;

	kept_open(&f);
	sit(&s, f.home, NULL);
	ann_make(&s);
	CHECK(!sign_in(&s, PASSWORD, &in));
	who = who_of(&s, in.token);
	CHECK(!identity_token_make(&s.v, &who, &n, &good));
	CHECK(!identity_token_make(&s.v, &who, &n, &revoked));
	CHECK(!identity_token_revoke(&s.v, &who, revoked.id));
	CHECK(!group_new(f.ctx, &group, &e));
	sit(&reader, f.home, group);
	reader.v.ctx->clock.fixed_ms += 61 * 1000;
	{
		DB_TXN held = {0};

		CHECK(!db_begin(s.v.ctx->db, &held, &e));
		CHECK(who_of(&reader, in.token).session == in.session);
		CHECK(!identity_token(&reader.v, str_of(good.text), &who));
		for (int i = 0; i < 3; i++)
			CHECK(identity_token(&reader.v, str_of(revoked.text), &who) == ERR_DENIED);
		CHECK(count(&s, "select max(seen_at - made_at) from login_session") == 0);
		CHECK(count(&s, "select count(*) from login_token where used_at is null") == 2);
	}
	group_free(group);
	CHECK(count(&s, "select max(seen_at - made_at) from login_session") == 61 * 1000);
	CHECK(count(&s, "select count(*) from login_token where used_at is null") == 1);
	CHECK(count(&s, "select count(*) from event e join actor a on a.id = e.actor where "
			"e.kind = 'token_refused' and a.name = 'anyone'") == 1);
	rise(&reader);
	rise(&s);
	CHECK(kept_verify(&f, NULL).count == 0);
}
