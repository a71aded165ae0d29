#include "sys/scratch.h"

#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static bool
has(struct scratch *s, int64_t from, size_t len, const char *text)
{
	struct err e = {0};
	char got[16];

	CHECK(len <= sizeof(got) && !scratch_read(s, from, got, &len, &e));
	return str_is((struct str){got, len}, text);
}

TEST(scratch_gives_back_what_was_added_from_any_place)
{
	struct scratch *s = NULL;
	struct err e = {0};

	CHECK(!scratch_new(&s, &e) && scratch_length(s) == 0);
	CHECK(has(s, 0, 16, ""));
	CHECK(!scratch_add(s, str_of("hold"), &e) && !scratch_add(s, str_of(""), &e));
	CHECK(!scratch_add(s, str_of("fast"), &e) && scratch_length(s) == 8);
	CHECK(has(s, 0, 16, "holdfast") && has(s, 3, 2, "df") && has(s, 9, 2, ""));
	scratch_free(s);
	scratch_free(NULL);
}

TEST(scratch_says_that_there_is_no_room_or_no_folder)
{
	const struct rlimit small = {10, RLIM_INFINITY};
	struct scratch *s = NULL;
	struct err e = {0};

	(void)signal(SIGXFSZ, SIG_IGN);
	/* Another folder takes the place of one that is not there. */
	CHECK(setenv("TMPDIR", "/no/such/folder", 1) == 0);
	CHECK(!scratch_new(&s, &e));
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	CHECK(!scratch_add(s, str_of("0123456789"), &e));
	CHECK(scratch_add(s, str_of("x"), &e) == ERR_FULL && strstr(e.message, "free some space"));
	CHECK(scratch_length(s) == 10);
	scratch_free(s);
}
