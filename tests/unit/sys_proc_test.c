#include "base/limits.h"
#include "test.h"

#include <string.h>

/* The program under test with limits that a test can wait for; its one public function gets another
 * name, since the real one is linked too. */
enum { TEST_SECONDS = 1, TEST_OUTPUT_BYTES = 100000 };
#define LIMIT_COMMAND_SECONDS TEST_SECONDS
#define LIMIT_COMMAND_OUTPUT_BYTES TEST_OUTPUT_BYTES
#define proc_run proc_run_limited
#include "sys/proc.c"

static struct arena arena;
static struct err error;

static enum err_code
shell(const char *script, struct proc_result *ret_result)
{
	const char *const argv[] = {"sh", "-c", script, NULL};

	arena_init(&arena, 1 << 24);
	return proc_run(argv, &arena, ret_result, &error);
}

TEST(proc_gives_status_and_output)
{
	struct proc_result r;

	CHECK(shell("echo out; echo err >&2; exit 3", &r) == ERR_NONE);
	CHECK(r.status == 3 && str_is(r.out, "out\n") && r.out.ptr[r.out.len] == '\0');
	arena_fini(&arena);
	CHECK(shell("exit 0", &r) == ERR_NONE);
	CHECK(r.status == 0 && r.out.ptr && r.out.len == 0);
	arena_fini(&arena);
}

TEST(proc_arguments_pass_through_no_shell)
{
	const char *const argv[] = {"printf", "%s|", "a b", "$HOME", "`id`", "*", NULL};
	struct proc_result r;

	arena_init(&arena, 1 << 20);
	CHECK(proc_run(argv, &arena, &r, &error) == ERR_NONE);
	CHECK(r.status == 0 && str_is(r.out, "a b|$HOME|`id`|*|"));
	arena_fini(&arena);
}

TEST(proc_a_program_that_does_not_exist_has_status_127)
{
	static const char *const names[] = {"no-such-program", "", "/bin/sh", "./sh", "../bin/sh"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *const argv[] = {names[i], NULL};
		struct proc_result r;

		arena_init(&arena, 1 << 20);
		CHECK(proc_run(argv, &arena, &r, &error) == ERR_NONE);
		CHECK(r.status == 127 && r.out.len == 0);
		arena_fini(&arena);
	}
}

TEST(proc_a_signal_shows_in_the_status)
{
	struct proc_result r;

	CHECK(shell("kill -TERM $$", &r) == ERR_NONE);
	CHECK(r.status == 128 + SIGTERM);
	arena_fini(&arena);
}

TEST(proc_the_program_sees_a_fixed_environment_and_no_files_of_ours)
{
	struct proc_result r;
	int ends[2];

	CHECK(setenv("SECRET", "x", 1) == 0);
	CHECK(pipe(ends) == 0);
	(void)signal(SIGPIPE, SIG_IGN);
	CHECK(shell("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | sort", &r) == ERR_NONE);
	CHECK(str_is(r.out, "LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n"));
	arena_fini(&arena);
	/* ls itself has the folder open as the next free number. */
	CHECK(shell("exec ls /proc/self/fd", &r) == ERR_NONE);
	CHECK(str_is(r.out, "0\n1\n2\n3\n"));
	arena_fini(&arena);
	CHECK(shell("cat; yes | head -n 1; kill -PIPE $$", &r) == ERR_NONE);
	CHECK(r.status == 128 + SIGPIPE && str_is(r.out, "y\n"));
	arena_fini(&arena);
}

TEST(proc_a_program_that_takes_too_long_is_ended_with_all_that_it_started)
{
	struct proc_result r = {.status = -42};

	CHECK(shell("sleep 100 & sleep 100", &r) == ERR_IO);
	CHECK(strstr(error.message, "sh took longer than 1 seconds"));
	CHECK(r.status == -42);
	arena_fini(&arena);
	/* One that closes its output, and one that leaves somebody behind who does not. */
	CHECK(shell("exec >&-; sleep 100", &r) == ERR_IO);
	arena_fini(&arena);
	CHECK(shell("sleep 100 &", &r) == ERR_IO);
	arena_fini(&arena);
	CHECK(shell("trap '' TERM; sleep 100; sleep 100", &r) == ERR_IO);
	arena_fini(&arena);
}

TEST(proc_output_has_a_limit)
{
	struct proc_result r = {.status = -42};

	CHECK(shell("yes", &r) == ERR_TOO_BIG);
	CHECK(strstr(error.message, "more than 100000 bytes") && r.status == -42);
	arena_fini(&arena);
	CHECK(shell("head -c 100000 /dev/zero", &r) == ERR_NONE && r.out.len == 100000);
	arena_fini(&arena);
	CHECK(shell("head -c 100001 /dev/zero", &r) == ERR_TOO_BIG);
	arena_fini(&arena);
}

TEST(proc_leaves_no_file_open_and_no_child)
{
	struct proc_result r;
	int before = dup(0);
	int after;

	CHECK(close(before) == 0);
	for (int i = 0; i < 20; i++) {
		CHECK(shell("echo x", &r) == ERR_NONE);
		arena_fini(&arena);
	}
	after = dup(0);
	CHECK(after == before);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}
