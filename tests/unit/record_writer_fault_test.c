#include "record/writer.h"

#include "base/limits.h"
#include "sys/file.h"
#include "test.h"
#include "workspace_fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONG_TEXT = 40000 };

/* Takes pages of its own, so that the store must grow. */
static const char *
long_text(struct workspace_fixture *f)
{
	char *text = arena_alloc(&f->arena, LONG_TEXT + 1);

	memset(text, 'x', LONG_TEXT);
	return text;
}

/* A transaction that touches every table that the writer touches: new and changed records with
 * items, one that goes, one restricted, an event. The first error ends it. */
static enum err_code
write_all(struct workspace_fixture *f, const char *key)
{
	struct record fresh = kept_record(f, "item", key);
	struct record changed = kept_record(f, "item", "one");
	struct record gone = kept_record(f, "item", "three");
	struct record dossier = kept_record(f, "dossier", key);
	struct record *puts[] = {&fresh, &changed, &gone, &dossier};
	WRITER *w = NULL;
	enum written written;
	enum err_code rc = writer_begin(f->ctx, &w);

	kept_set(f, &fresh, "lines", "[{\"text\":\"first\"},{\"text\":\"second\"}]");
	kept_set(f, &fresh, "parts", "ITM-1;ITM-2");
	kept_set(f, &fresh, "note", long_text(f));
	kept_set(f, &changed, "note", key);
	kept_set(f, &changed, "lines", "[{\"text\":\"third\"}]");
	kept_set(f, &dossier, "subject", "somebody");
	changed.id = record_id_of_name(f->ctx->model, str_of("ITM-1"));
	for (size_t i = 0; !rc && i < COUNT_OF(puts); i++) {
		if (!puts[i]->id)
			rc = writer_new_id(w, puts[i]->reg, &puts[i]->id);
		if (!rc)
			rc = writer_put(w, puts[i], &written);
	}
	if (!rc)
		rc = writer_retire(w, gone.reg, gone.id);
	if (!rc)
		rc = writer_event(w, "tick", str_of("{}"));
	return rc ? rc : writer_commit(w);
}

/* Every row of every table, as text. */
static const char *
dump(struct workspace_fixture *f)
{
	return kept_ask(f, ".dump");
}

/* After a failure: nothing of it is there, the ledger holds, and the same is written next. */
static void
check_whole(struct workspace_fixture *f, const char *before)
{
	CHECK(strcmp(dump(f), before) == 0);
	CHECK(kept_verify(f, NULL).count == 0);
	CHECK(!write_all(f, "after"));
	CHECK(kept_verify(f, NULL).count == 0);
}

TEST_SQLITE(a_write_that_any_table_refuses_leaves_nothing_behind)
{
	static const char *const tables[] = {
		"insert on item",	 "update on item",
		"delete on item",	 "insert on item_history",
		"insert on item_lines",	 "delete on item_lines",
		"insert on item_parts",	 "insert on item_lines_history",
		"insert on dossier",	 "insert on event",
		"insert on ledger_leaf", "insert on ledger_checkpoint",
		"update on ledger_tile", "insert on counter",
	};
	KEPT f;
	const char *copy;

	kept_open(&f);
	kept_fill(&f);
	copy = kept_copy(&f, "copy");
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		char sql[256];
		const char *before;
		enum err_code rc;

		kept_restore(&f, copy);
		before = dump(&f);
		(void)snprintf(sql, sizeof(sql),
			       "create trigger fault before %s begin select raise(abort, "
			       "'injected'); end",
			       tables[i]);
		(void)kept_ask(&f, sql);
		rc = write_all(&f, "now");
		if (!rc)
			(void)fprintf(stderr, "nothing was refused by: %s\n", sql);
		CHECK(rc && strstr(f.ctx->err.message, "injected"));
		(void)kept_ask(&f, "drop trigger fault");
		check_whole(&f, before);
	}
}

/* Whoever goes on after a step that failed halfway gets nothing committed. */
TEST_SQLITE(what_failed_halfway_is_never_committed)
{
	KEPT f;
	WRITER *w = NULL;
	struct record r, other;
	const char *before;
	enum written written;

	kept_open(&f);
	kept_fill(&f);
	before = dump(&f);
	(void)kept_ask(&f, "create trigger fault before insert on item_lines when new.pos = 2 "
			   "begin select raise(abort, 'injected'); end");
	r = kept_record(&f, "item", "new");
	kept_set(&f, &r, "lines", "[{\"text\":\"first\"},{\"text\":\"second\"}]");
	other = kept_record(&f, "item", "other");
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(!writer_new_id(w, r.reg, &r.id));
	CHECK(!writer_new_id(w, r.reg, &other.id));
	CHECK(writer_put(w, &r, &written));
	CHECK(writer_put(w, &other, &written) == ERR_INTERNAL);
	CHECK(writer_retire(w, r.reg, r.id) == ERR_INTERNAL);
	CHECK(writer_event(w, "tick", str_of("{}")) == ERR_INTERNAL);
	CHECK(writer_commit(w) == ERR_INTERNAL);
	writer_end(w);
	w = NULL;
	(void)kept_ask(&f, "drop trigger fault");
	check_whole(&f, before);
}

/* An import goes on after a record that is refused: that one must have left no trace. */
TEST_SQLITE(a_record_or_event_too_long_for_the_ledger_is_refused_whole)
{
	static char text[LIMIT_ENTRY_BYTES + 1];
	KEPT f;
	WRITER *w = NULL;
	struct record r, other;
	enum written written;

	kept_open(&f);
	kept_fill(&f);
	memset(text, 'x', sizeof(text) - 1);
	r = kept_record(&f, "item", "long");
	kept_set(&f, &r, "note", text);
	other = kept_record(&f, "item", "short");
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(!writer_new_id(w, r.reg, &r.id));
	CHECK(writer_put(w, &r, &written) == ERR_TOO_BIG);
	r.id = record_id_of_name(f.ctx->model, str_of("ITM-1"));
	CHECK(writer_put(w, &r, &written) == ERR_TOO_BIG);
	CHECK(writer_event(w, "tick", str_of(text)) == ERR_TOO_BIG);
	CHECK(!writer_new_id(w, r.reg, &other.id));
	CHECK(!writer_put(w, &other, &written));
	CHECK(!writer_event(w, "tick", str_of("{}")));
	CHECK(!writer_commit(w));
	CHECK(kept_verify(&f, NULL).count == 0);
	CHECK(strcmp(kept_ask(&f, "select count(*) from item where key = 'long'"), "0\n") == 0);
}

static int64_t
page_count(struct workspace_fixture *f)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->ctx->db, "select page_count from pragma_page_count", &s,
			  &f->ctx->err));
	CHECK(!db_step(s, &row, &f->ctx->err) && row);
	return db_int(s, 0);
}

static void
page_limit(struct workspace_fixture *f, int64_t pages)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "pragma max_page_count = %lld", (long long)pages);
	CHECK(!db_exec(f->ctx->db, sql, &f->ctx->err));
}

TEST_SQLITE(a_store_that_may_grow_by_too_few_pages_leaves_nothing_behind)
{
	KEPT f;
	const char *before;
	int64_t pages, more = 0;

	kept_open(&f);
	kept_fill(&f);
	before = dump(&f);
	pages = page_count(&f);
	page_limit(&f, pages);
	while (write_all(&f, "now") != ERR_NONE) {
		CHECK(f.ctx->err.code == ERR_FULL && strstr(f.ctx->err.message, "disk is full"));
		CHECK(strcmp(dump(&f), before) == 0);
		CHECK(kept_verify(&f, NULL).count == 0);
		page_limit(&f, pages + ++more);
	}
	CHECK(more > 3);
	page_limit(&f, pages + 10000);
	check_whole(&f, dump(&f));
}

static void
file_limit(rlim_t bytes)
{
	struct rlimit limit;

	CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* Here the operating system refuses to write, in the middle of a commit too. */
TEST_SQLITE(a_disk_that_is_full_at_any_byte_leaves_nothing_behind)
{
	KEPT f;
	const char *before;
	rlim_t bytes = 0;
	int refused = 0;

	(void)signal(SIGXFSZ, SIG_IGN);
	kept_open(&f);
	kept_fill(&f);
	before = dump(&f);
	for (;; bytes += 5000) {
		enum err_code rc;

		kept_reopen(&f);
		file_limit(bytes);
		rc = write_all(&f, "now");
		file_limit(RLIM_INFINITY);
		if (!rc)
			break;
		CHECK(rc == ERR_FULL || rc == ERR_IO);
		CHECK(strcmp(dump(&f), before) == 0);
		CHECK(kept_verify(&f, NULL).count == 0);
		refused++;
	}
	CHECK(refused > 3);
	check_whole(&f, dump(&f));
}

static void
leave(struct workspace_fixture *f)
{
	/* A connection must not pass a fork. */
	workspace_close(f->ws);
	f->ws = NULL;
}

static pid_t
writer_start(struct workspace_fixture *f, void (*work)(struct workspace_fixture *f, int out),
	     int out)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		kept_reopen(f);
		work(f, out);
		workspace_close(f->ws);
		_exit(0);
	}
	return pid;
}

enum { TURNS = 60 };

static void
take_turns(struct workspace_fixture *f, int out)
{
	(void)out;
	for (int i = 0; i < TURNS; i++)
		kept_event(f, "tick", "{}");
}

TEST_SQLITE(two_processes_that_write_at_once_lose_nothing)
{
	KEPT f;
	pid_t pids[2];
	char expected[32];

	kept_open(&f);
	leave(&f);
	for (size_t i = 0; i < COUNT_OF(pids); i++)
		pids[i] = writer_start(&f, take_turns, -1);
	for (size_t i = 0; i < COUNT_OF(pids); i++) {
		int status;

		CHECK(waitpid(pids[i], &status, 0) == pids[i]);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	kept_reopen(&f);
	(void)snprintf(expected, sizeof(expected), "%d\n", 2 * TURNS);
	CHECK(strcmp(kept_ask(&f, "select count(*) from event where kind = 'tick'"), expected) ==
	      0);
	CHECK(kept_verify(&f, NULL).count == 0);
}

static void
write_without_end(struct workspace_fixture *f, int out)
{
	WRITER *w = NULL;

	CHECK(!writer_begin(f->ctx, &w));
	for (int i = 0;; i++) {
		CHECK(!writer_event(w, "tick", str_of("{}")));
		if (i == 20000)
			CHECK(write(out, "x", 1) == 1);
	}
}

static void
commit_and_tell(struct workspace_fixture *f, int out)
{
	for (;;) {
		kept_event(f, "tick", "{}");
		CHECK(write(out, "x", 1) == 1);
	}
}

/* Kills the writer when it has told of `told` things; how many it had told of when it was dead. */
static int
kill_after(struct workspace_fixture *f, void (*work)(struct workspace_fixture *f, int out),
	   int told)
{
	int ends[2];
	int heard = 0;
	int status;
	pid_t pid;
	char c;

	leave(f);
	CHECK(pipe(ends) == 0);
	pid = writer_start(f, work, ends[1]);
	CHECK(close(ends[1]) == 0);
	while (heard < told && read(ends[0], &c, 1) == 1)
		heard++;
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	while (read(ends[0], &c, 1) == 1)
		heard++;
	CHECK(close(ends[0]) == 0);
	kept_reopen(f);
	return heard;
}

TEST_SQLITE(a_writer_that_is_killed_in_a_long_transaction_leaves_nothing_behind)
{
	KEPT f;
	const char *before;

	kept_open(&f);
	kept_fill(&f);
	before = dump(&f);
	CHECK(kill_after(&f, write_without_end, 1) == 1);
	check_whole(&f, before);
}

TEST_SQLITE(what_a_killed_writer_told_of_is_there)
{
	KEPT f;

	kept_open(&f);
	kept_fill(&f);
	for (int round = 1; round <= 6; round++) {
		int64_t before, after;
		int told;

		before = strtoll(kept_ask(&f, "select count(*) from event"), NULL, 10);
		told = kill_after(&f, commit_and_tell, 7 * round);
		after = strtoll(kept_ask(&f, "select count(*) from event"), NULL, 10);
		/* The last one may have been committed and not told any more. */
		CHECK(after - before == told || after - before == told + 1);
		CHECK(kept_verify(&f, NULL).count == 0);
	}
	CHECK(!write_all(&f, "after"));
	CHECK(kept_verify(&f, NULL).count == 0);
}
