#include "cli/cli.h"

#include "test.h"

#include <string.h>

static void
begin(struct cli *c, const char *program, const char *home)
{
	*c = (struct cli){.program = program, .home = home, .home_typed = home != NULL};
	arena_init(&c->arena, 65536);
}

TEST(a_word_is_quoted_for_the_shell_only_where_it_must_be)
{
	struct cli c;

	begin(&c, "holdfast", NULL);
	CHECK(strcmp(cli_quoted(&c, str_of("member-a@vpn")), "member-a@vpn") == 0);
	CHECK(strcmp(cli_quoted(&c, str_of("")), "''") == 0);
	CHECK(strcmp(cli_quoted(&c, str_of("O'Neill & Co")), "'O'\\''Neill & Co'") == 0);
	CHECK(strcmp(cli_quoted(&c, str_of("$(reboot)")), "'$(reboot)'") == 0);
	CHECK(strcmp(cli_quoted(&c, str_of("'''")), "''\\'''\\'''\\'''") == 0);
	arena_fini(&c.arena);
}

TEST(a_command_to_type_next_names_program_and_workspace_as_they_were_typed)
{
	struct cli c;

	begin(&c, "holdfast", NULL);
	CHECK(strcmp(cli_command(&c, "show record %s", "ACC-1"), "holdfast show record ACC-1") ==
	      0);
	arena_fini(&c.arena);
	begin(&c, "./my build/holdfast", "a b");
	CHECK(strcmp(cli_command(&c, "assess"), "'./my build/holdfast' assess --home 'a b'") == 0);
	arena_fini(&c.arena);
}
