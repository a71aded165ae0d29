#include "sys/file.h"
#include "sys/folder.h"
#include "test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20 };

/* A folder of its own for each test, gone afterwards. */
struct fixture {
	struct arena arena;
	char folder[32];
};

static void
fixture_init(struct fixture *f)
{
	static const char template[] = "/tmp/folder_test.XXXXXX";

	*f = (struct fixture){0};
	arena_init(&f->arena, ARENA_BYTES);
	memcpy(f->folder, template, sizeof(template));
	CHECK(mkdtemp(f->folder) != NULL);
}

static void
fixture_fini(struct fixture *f)
{
	struct err e;

	CHECK(!file_remove_folder(f->folder, &e));
	arena_fini(&f->arena);
}

static const char *
path_in(struct fixture *f, const char *name)
{
	return file_join(&f->arena, f->folder, name);
}

TEST(folder_is_held_by_one_process_until_that_ends)
{
	CLEANUP(fixture_fini) struct fixture f;
	const char *path;
	FOLDER_LOCK lock = -1;
	FOLDER_LOCK second = -1;
	struct err e;
	int pipes[2];
	char byte;
	pid_t child;

	fixture_init(&f);
	path = path_in(&f, "deep/held");
	CHECK(pipe(pipes) == 0);
	child = fork();
	if (child == 0) {
		CHECK(!folder_lock(path, 0700, 0, &lock, &e));
		CHECK(write(pipes[1], "x", 1) == 1);
		(void)pause();
	}
	CHECK(read(pipes[0], &byte, 1) == 1);
	CHECK(folder_lock(path, 0700, 0, &lock, &e) == ERR_BUSY);
	CHECK(strstr(e.message, "deep/held"));
	CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
	CHECK(!folder_lock(path, 0700, 5, &lock, &e));
	CHECK(folder_lock(path, 0700, 0, &second, &e) == ERR_BUSY);
	folder_unlock(&lock);
	CHECK(!folder_lock(path, 0700, 0, &second, &e));
}

TEST(folder_is_emptied_but_stays)
{
	CLEANUP(fixture_fini) struct fixture f;
	const char *path;
	struct err e;

	fixture_init(&f);
	path = path_in(&f, "full");
	CHECK(!file_make_folder(file_join(&f.arena, path, "sub/sub"), 0700, &e));
	CHECK(!file_save(file_join(&f.arena, path, "sub/file"), str_of("x"), 0600, &e));
	CHECK(!folder_is_empty(path));
	CHECK(!folder_empty(path, &e));
	CHECK(folder_is_empty(path));
	CHECK(!folder_is_empty(file_join(&f.arena, path, "nowhere")));
}

TEST(folder_takes_a_free_name_or_that_of_an_empty_folder_only)
{
	CLEANUP(fixture_fini) struct fixture f;
	const char *from;
	const char *to;
	struct err e;

	fixture_init(&f);
	from = path_in(&f, "from");
	to = path_in(&f, "to");
	CHECK(!file_make_folder(from, 0700, &e) && !file_make_folder(to, 0700, &e));
	CHECK(!file_save(file_join(&f.arena, from, "file"), str_of("x"), 0600, &e));
	CHECK(!folder_rename(from, to, &e));
	CHECK(file_exists(file_join(&f.arena, to, "file")) && !file_exists(from));
	CHECK(!file_make_folder(from, 0700, &e));
	CHECK(folder_rename(from, to, &e) == ERR_CONFLICT);
	CHECK(file_exists(file_join(&f.arena, to, "file")));
	CHECK(!file_save(path_in(&f, "plain"), str_of("x"), 0600, &e));
	CHECK(folder_rename(from, path_in(&f, "plain"), &e) == ERR_CONFLICT);
}
