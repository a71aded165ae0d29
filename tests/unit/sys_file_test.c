#include "base/cleanup.h"
#include "sys/file.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20 };

/* A folder of its own for each test, gone afterwards. */
struct fixture {
	struct arena arena;
	struct err e;
	char folder[32];
};

static void
fixture_init(struct fixture *f)
{
	static const char template[] = "/tmp/file_test.XXXXXX";

	*f = (struct fixture){0};
	arena_init(&f->arena, ARENA_BYTES);
	memcpy(f->folder, template, sizeof(template));
	CHECK(mkdtemp(f->folder) != NULL);
}

static void
fixture_fini(struct fixture *f)
{
	CHECK(file_remove_folder(f->folder, &f->e) == ERR_NONE);
	arena_fini(&f->arena);
}

static const char *
path_in(struct fixture *f, const char *name)
{
	return file_join(&f->arena, f->folder, name);
}

static void
save(struct fixture *f, const char *name, const char *text)
{
	CHECK(file_save(path_in(f, name), str_of(text), 0640, &f->e) == ERR_NONE);
}

TEST(file_saved_is_loaded_as_it_was)
{
	CLEANUP(fixture_fini) struct fixture f;
	struct stat about;
	struct str text;

	fixture_init(&f);
	save(&f, "a", "first");
	save(&f, "a", "second, longer");
	CHECK(file_load(path_in(&f, "a"), 1000, &f.arena, &text, &f.e) == ERR_NONE);
	CHECK(str_is(text, "second, longer") && text.ptr[text.len] == '\0');
	CHECK(stat(path_in(&f, "a"), &about) == 0 && (about.st_mode & 0777) == 0640);
	save(&f, "empty", "");
	CHECK(file_load(path_in(&f, "empty"), 0, &f.arena, &text, &f.e) == ERR_NONE);
	CHECK(text.ptr && text.len == 0);
}

TEST(file_saving_leaves_no_temporary_file)
{
	CLEANUP(fixture_fini) struct fixture f;
	struct file_names names;

	fixture_init(&f);
	save(&f, "a", "text");
	CHECK(file_make_folder(path_in(&f, "b"), 0755, &f.e) == ERR_NONE);
	/* The rename fails: a file cannot take the place of a folder. */
	CHECK(file_save(path_in(&f, "b"), str_of("x"), 0600, &f.e) != ERR_NONE);
	CHECK(file_list(f.folder, "", &f.arena, &names, &f.e) == ERR_NONE);
	CHECK(names.count == 2);
}

TEST(file_larger_than_the_limit_is_refused)
{
	CLEANUP(fixture_fini) struct fixture f;
	struct str text = {0};

	fixture_init(&f);
	save(&f, "a", "12345");
	CHECK(file_load(path_in(&f, "a"), 5, &f.arena, &text, &f.e) == ERR_NONE);
	text = (struct str){0};
	CHECK(file_load(path_in(&f, "a"), 4, &f.arena, &text, &f.e) == ERR_TOO_BIG);
	CHECK(!text.ptr);
	CHECK(strstr(f.e.message, "larger than 4 bytes"));
}

TEST(file_that_cannot_be_opened_says_why)
{
	CLEANUP(fixture_fini) struct fixture f;
	struct file *file = NULL;

	fixture_init(&f);
	CHECK(file_open(path_in(&f, "none"), &file, &f.e) == ERR_MISSING);
	CHECK(strstr(f.e.message, "none") && strstr(f.e.message, "does not exist"));
	CHECK(file_open(f.folder, &file, &f.e) == ERR_INVALID);
	CHECK(strstr(f.e.message, "folder"));
	save(&f, "a", "x");
	CHECK(file_open(path_in(&f, "a/b"), &file, &f.e) == ERR_INVALID);
	CHECK(!file);
	/* Root may read everything. */
	CHECK(chmod(path_in(&f, "a"), 0) == 0);
	if (geteuid() != 0) {
		CHECK(file_open(path_in(&f, "a"), &file, &f.e) == ERR_DENIED);
		CHECK(strstr(f.e.message, "permission"));
	}
	CHECK(file_save(path_in(&f, "none/a"), str_of("x"), 0600, &f.e) == ERR_MISSING);
}

TEST(file_is_read_in_pieces)
{
	CLEANUP(fixture_fini) struct fixture f;
	CLEANUP(file_closep) struct file *file = NULL;
	char bytes[4];
	size_t len;

	fixture_init(&f);
	save(&f, "a", "123456");
	CHECK(file_open(path_in(&f, "a"), &file, &f.e) == ERR_NONE);
	CHECK(file_read(file, bytes, sizeof(bytes), &len, &f.e) == ERR_NONE && len == 4);
	CHECK(memcmp(bytes, "1234", 4) == 0);
	CHECK(file_read(file, bytes, sizeof(bytes), &len, &f.e) == ERR_NONE && len == 2);
	CHECK(file_read(file, bytes, sizeof(bytes), &len, &f.e) == ERR_NONE && len == 0);
}

TEST(file_a_dash_is_standard_input)
{
	struct arena a;
	struct err e;
	struct str text;
	int ends[2];

	arena_init(&a, ARENA_BYTES);
	CHECK(pipe(ends) == 0);
	CHECK(write(ends[1], "piped", 5) == 5);
	CHECK(close(ends[1]) == 0);
	CHECK(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
	CHECK(file_load("-", 100, &a, &text, &e) == ERR_NONE);
	CHECK(str_is(text, "piped"));
	arena_fini(&a);
}

TEST(file_names_are_listed_sorted_by_bytes)
{
	static const char *const names[] = {"b.yaml",  "B.yaml", "a.yaml",
					    "10.yaml", "9.yaml", ".hidden.yaml",
					    "a.txt",   "yaml",	 "\xc3\xa9.yaml"};
	static const char *const sorted[] = {"10.yaml", "9.yaml", "B.yaml",
					     "a.yaml",	"b.yaml", "\xc3\xa9.yaml"};
	CLEANUP(fixture_fini) struct fixture f;
	struct file_names list;

	fixture_init(&f);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		save(&f, names[i], "");
	CHECK(file_list(f.folder, ".yaml", &f.arena, &list, &f.e) == ERR_NONE);
	CHECK(list.count == COUNT_OF(sorted));
	for (size_t i = 0; i < list.count; i++)
		CHECK(strcmp(list.names[i], sorted[i]) == 0);
	CHECK(file_list(f.folder, ".csv", &f.arena, &list, &f.e) == ERR_NONE && list.count == 0);
	CHECK(file_list(path_in(&f, "none"), "", &f.arena, &list, &f.e) == ERR_MISSING);
	CHECK(file_list(path_in(&f, "yaml"), "", &f.arena, &list, &f.e) == ERR_INVALID);
}

TEST(file_lists_grow)
{
	CLEANUP(fixture_fini) struct fixture f;
	struct file_names list;

	fixture_init(&f);
	for (int i = 0; i < 100; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "%03d", 99 - i);
		save(&f, name, "");
	}
	CHECK(file_list(f.folder, "", &f.arena, &list, &f.e) == ERR_NONE && list.count == 100);
	CHECK(strcmp(list.names[0], "000") == 0 && strcmp(list.names[99], "099") == 0);
	arena_fini(&f.arena);
	arena_init(&f.arena, 100);
	CHECK(file_list(f.folder, "", &f.arena, &list, &f.e) == ERR_TOO_BIG);
}

TEST(file_folders_are_made_with_their_parents_and_removed_with_their_content)
{
	CLEANUP(fixture_fini) struct fixture f;
	const char *deep;

	fixture_init(&f);
	deep = path_in(&f, "a/b//c/");
	CHECK(file_make_folder(deep, 0755, &f.e) == ERR_NONE);
	CHECK(file_is_folder(deep) && file_exists(deep));
	CHECK(file_make_folder(deep, 0755, &f.e) == ERR_NONE);
	save(&f, "a/b/file", "x");
	CHECK(file_exists(path_in(&f, "a/b/file")) && !file_is_folder(path_in(&f, "a/b/file")));
	CHECK(file_make_folder(path_in(&f, "a/b/file"), 0755, &f.e) == ERR_INVALID);
	CHECK(file_make_folder(path_in(&f, "a/b/file/c"), 0755, &f.e) == ERR_INVALID);
	CHECK(file_make_folder("", 0755, &f.e) == ERR_INVALID);
	CHECK(file_remove_folder(path_in(&f, "a"), &f.e) == ERR_NONE);
	CHECK(!file_exists(path_in(&f, "a")));
	CHECK(file_remove_folder(path_in(&f, "a"), &f.e) == ERR_NONE);
}

TEST(file_removing_follows_no_links)
{
	CLEANUP(fixture_fini) struct fixture f;

	fixture_init(&f);
	CHECK(file_make_folder(path_in(&f, "kept"), 0755, &f.e) == ERR_NONE);
	save(&f, "kept/file", "x");
	CHECK(file_make_folder(path_in(&f, "gone"), 0755, &f.e) == ERR_NONE);
	CHECK(symlink(path_in(&f, "kept"), path_in(&f, "gone/link")) == 0);
	CHECK(symlink(path_in(&f, "kept"), path_in(&f, "link")) == 0);
	CHECK(file_remove_folder(path_in(&f, "gone"), &f.e) == ERR_NONE);
	CHECK(file_remove_folder(path_in(&f, "link"), &f.e) == ERR_INVALID);
	CHECK(file_remove_folder(path_in(&f, "kept/file"), &f.e) == ERR_INVALID);
	CHECK(file_exists(path_in(&f, "kept/file")));
}

TEST(file_joins_a_folder_and_a_name)
{
	struct arena a;

	arena_init(&a, ARENA_BYTES);
	CHECK(strcmp(file_join(&a, "plans/x", "plan.yaml"), "plans/x/plan.yaml") == 0);
	CHECK(strcmp(file_join(&a, "", "etc"), "/etc") == 0);
	arena_fini(&a);
}
