#include "cli/grid.h"

#include "base/text.h"
#include "test.h"

#include <string.h>

static void
terminal(struct cli *c, size_t columns)
{
	*c = (struct cli){.columns = columns};
	arena_init(&c->arena, 64 << 20);
	buf_init(&c->out, 64 << 20);
}

static void
gives(struct cli *c, const struct grid *g, const char *expected)
{
	grid_print(g);
	if (strcmp(c->out.data, expected) != 0) {
		fprintf(stderr, "%s\ninstead of\n%s\n", c->out.data, expected);
		abort();
	}
	buf_fini(&c->out);
	arena_fini(&c->arena);
}

TEST(grid_columns_are_as_wide_as_their_widest_cell)
{
	static const struct grid_column columns[] = {
		{.title = "Name" },
		   {.title = "Count", .right = true},
		      {.title = "Last"		      }
	       };
	struct grid g;
	struct cli c;

	terminal(&c, 80);
	grid_init(&g, &c, columns, COUNT_OF(columns));
	grid_text(&g, str_of("caf\xc3\xa9"));
	grid_int(&g, 1234567);
	grid_text(&g, str_of("x"));
	grid_text(&g, str_of("longer name"));
	grid_int(&g, -100);
	grid_addf(&g, "%d-%d", 1, 2);
	gives(&c, &g,
	      "Name             Count  Last\n"
	      "caf\xc3\xa9         1,234,567  x\n"
	      "longer name       -100  1-2\n");
}

TEST(grid_numbers_have_their_thousands_parted)
{
	static const struct grid_column columns[] = {{.title = "N"}};
	static const int64_t numbers[] = {0, 999, 1000, -999, -1000, INT64_MAX, INT64_MIN};
	struct grid g;
	struct cli c;

	terminal(&c, 80);
	grid_init(&g, &c, columns, 1);
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		grid_int(&g, numbers[i]);
	gives(&c, &g,
	      "N\n0\n999\n1,000\n-999\n-1,000\n9,223,372,036,854,775,807\n"
	      "-9,223,372,036,854,775,808\n");
}

TEST(grid_wide_rows_shrink_where_they_may)
{
	static const struct grid_column columns[] = {
		{.title = "Key" },
		{ .title = "Text", .shrink = true},
		{ .title = "Other", .shrink = true}
	  };
	struct grid g;
	struct cli c;

	terminal(&c, 40);
	grid_init(&g, &c, columns, COUNT_OF(columns));
	grid_text(&g, str_of("KEY-1"));
	grid_text(&g, str_of("a text that is much too long for the row"));
	grid_text(&g, str_of("short"));
	grid_text(&g, str_of("KEY-2"));
	grid_text(&g, str_of("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
			     "\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2"
			     "\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
			     "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
			     "\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"));
	grid_text(&g, str_of("end"));
	grid_print(&g);
	for (char *line = strtok(c.out.data, "\n"); line; line = strtok(NULL, "\n")) {
		CHECK(text_columns(str_of(line)) <= 40);
		CHECK(text_utf8_fault(str_of(line)) < 0);
	}
	buf_fini(&c.out);
	arena_fini(&c.arena);
}

TEST(grid_what_cannot_shrink_is_shown_whole)
{
	static const struct grid_column columns[] = {
		{.title = "A"   },
		{ .title = "B", .shrink = true}
	      };
	struct grid g;
	struct cli c;

	terminal(&c, 20);
	grid_init(&g, &c, columns, COUNT_OF(columns));
	grid_text(&g, str_of("this is never cut, however wide"));
	grid_text(&g, str_of("this is cut to eight"));
	gives(&c, &g,
	      "A                                B\n"
	      "this is never cut, however wide  this ...\n");
}

TEST(grid_cells_steer_no_terminal)
{
	static const struct grid_column columns[] = {{.title = "A"}};
	struct grid g;
	struct cli c;

	terminal(&c, 80);
	grid_init(&g, &c, columns, 1);
	grid_text(&g, str_of("a\x1b[31mb\tc\nd\re\x7f"
			     "f\xc2\x9b"
			     "31mg\xc2\xa0h"));
	gives(&c, &g, "A\na [31mb c d e f  31mg\xc2\xa0h\n");
}

TEST(grid_a_cell_of_64_kilobytes_is_cut_at_once)
{
	static const struct grid_column columns[] = {
		{.title = "A", .shrink = true}
	      };
	enum { BYTES = 65535 };
	char *text;
	struct grid g;
	struct cli c;

	terminal(&c, 60);
	text = arena_alloc(&c.arena, BYTES + 1);
	memset(text, 'x', BYTES);
	grid_init(&g, &c, columns, 1);
	for (int i = 0; i < 100; i++)
		grid_text(&g, str_of(text));
	grid_print(&g);
	CHECK(c.out.len == 2 + 100 * 61);
	buf_fini(&c.out);
	arena_fini(&c.arena);
}
