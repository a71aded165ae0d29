#include "base/limits.h"
#include "codec/yaml.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

enum { MEMORY = 64 * 1024 * 1024 };

struct parsed {
	struct arena arena;
	struct diags diags;
	const struct yaml *top;
};

static void
parsed_fini(struct parsed *p)
{
	arena_fini(&p->arena);
}
#define PARSED CLEANUP(parsed_fini) struct parsed

static void
parse_bytes(struct parsed *p, struct str text)
{
	arena_init(&p->arena, MEMORY);
	diag_init(&p->diags, &p->arena);
	p->top = yaml_parse(text, "file.yaml", &p->arena, &p->diags);
	/* A tree and complaints exclude each other; a file of comments alone has neither. */
	CHECK(!p->top || p->diags.errors == 0);
}

static void
parse(struct parsed *p, const char *text)
{
	parse_bytes(p, str_of(text));
}

/* The text is refused, and the first complaint stands there and contains the words. */
static void
refused(const char *text, long line, long column, const char *words)
{
	PARSED p;

	parse(&p, text);
	CHECK(!p.top);
	CHECK(p.diags.first);
	if (p.diags.first->line != line || p.diags.first->column != column ||
	    !strstr(p.diags.first->message, words)) {
		(void)fprintf(stderr, "%ld:%ld: %s\n", p.diags.first->line, p.diags.first->column,
			      p.diags.first->message);
		CHECK(!"the complaint is another one");
	}
	CHECK(strcmp(p.diags.first->file, "file.yaml") == 0);
}

TEST(yaml_values_know_their_place)
{
	PARSED p;
	const struct yaml *list;
	const struct yaml *map;

	parse(&p, "title: Plan\nlist:\n  - one\n  - {key: a, \"b\": 'c'}\n");
	CHECK(p.top && p.top->kind == YAML_MAP && p.top->count == 2);
	CHECK(str_is(yaml_get(p.top, "title")->text, "Plan"));
	CHECK(yaml_get(p.top, "title")->line == 1 && yaml_get(p.top, "title")->column == 8);
	list = yaml_get(p.top, "list");
	CHECK(list->kind == YAML_LIST && list->count == 2 && list->key_line == 2);
	CHECK(list->first->line == 3 && list->first->column == 5 && !list->first->quoted);
	map = list->first->next;
	CHECK(map->kind == YAML_MAP && map->line == 4 && map->column == 5);
	CHECK(yaml_get(map, "b")->quoted && yaml_get(map, "b")->key_column == 14);
	CHECK(!yaml_get(map, "c") && !yaml_get(list, "a") && !yaml_get(NULL, "a"));
}

TEST(yaml_columns_count_characters_not_bytes)
{
	PARSED p;

	parse(&p, "{\"\xc3\xa9\xc3\xa9\": 1, b: 2}\n");
	CHECK(p.top && yaml_get(p.top, "b")->key_column == 11);
}

TEST(yaml_nothing_is_null_but_quotes_are_text)
{
	PARSED p;

	parse(&p, "a:\nb: ~\nc: null\nd: \"\"\ne: \"null\"\nf: NULL\n");
	CHECK(p.top);
	CHECK(yaml_get(p.top, "a")->kind == YAML_NULL && yaml_get(p.top, "b")->kind == YAML_NULL);
	CHECK(yaml_get(p.top, "c")->kind == YAML_NULL && yaml_get(p.top, "f")->kind == YAML_NULL);
	CHECK(yaml_get(p.top, "d")->kind == YAML_TEXT && yaml_get(p.top, "d")->text.len == 0);
	CHECK(str_is(yaml_get(p.top, "e")->text, "null"));
}

TEST(yaml_blocks_keep_their_lines)
{
	PARSED p;
	const struct yaml *sql;

	parse(&p, "sql: |\n  select 1\n  from a\nnext: folded\n");
	CHECK(p.top);
	sql = yaml_get(p.top, "sql");
	CHECK(sql->block && sql->quoted && sql->line == 1);
	CHECK(str_is(sql->text, "select 1\nfrom a\n"));
	CHECK(!yaml_get(p.top, "next")->block);
}

TEST(yaml_takes_a_byte_order_mark_and_windows_lines)
{
	PARSED p;

	parse(&p, "\xef\xbb\xbf"
		  "a: 1\r\nb: 2\r\n");
	CHECK(p.top && str_is(yaml_get(p.top, "b")->text, "2"));
	CHECK(yaml_get(p.top, "a")->key_column == 1);
}

TEST(yaml_refuses_tabs_that_indent)
{
	refused("a:\n\tb: 1\n", 2, 1, "a tab indents the line; use spaces");
	refused("a:\n  \tb: 1\n  c: 2\n", 2, 3, "a tab indents the line");
}

TEST(yaml_refuses_anchors_aliases_and_tags)
{
	refused("a: &x 1\nb: 2\n", 1, 4, "anchor '&x'");
	refused("a: 1\nb: *x\n", 2, 4, "alias '*x': aliases are not taken; write the value out");
	refused("a: !!str 1\n", 1, 4, "tag 'tag:yaml.org,2002:str'");
	refused("a: !x {b: 1}\n", 1, 4, "tag '!x'");
	refused("a: &y [1]\n", 1, 4, "anchor '&y'");
}

TEST(yaml_refuses_duplicate_keys)
{
	refused("a: 1\nb: 2\na: 3\n", 3, 1, "the key 'a' is already in line 1");
	refused("l:\n  - {k: 1, j: 2, k: 3}\n", 2, 18, "the key 'k' is already in line 2");
}

TEST(yaml_refuses_keys_that_are_no_text)
{
	refused("{a: 1}: 2\n", 1, 1, "a key must be text");
	refused("? [a]\n: 2\n", 1, 3, "a key must be text");
	refused("\"\": 2\n", 1, 1, "a key is missing");
}

TEST(yaml_refuses_what_is_no_text)
{
	refused("a: \x01\n", 1, 4, "control character 0x01");
	refused("a: 1\nb: \xff\n", 2, 4, "byte 0xFF is not UTF-8");
	refused("a: \"\\0\"\n", 1, 4, "NUL character");
}

TEST(yaml_refuses_broken_syntax_with_advice)
{
	refused("a: b: c\n", 1, 5, "needs quotes");
	refused("a: \"open\n", 2, 1, "a quote or bracket is never closed");
	refused("a: [1, 2\nb: 3\n", 2, 2, "is never closed");
	refused("a: @x\n", 1, 4, "needs quotes");
	refused("a: 1\n b: 2\n", 2, 3, "is off");
}

TEST(yaml_refuses_a_second_document)
{
	refused("a: 1\n---\nb: 2\n", 2, 1, "a second document starts");
}

TEST(yaml_refuses_an_empty_file)
{
	refused("", 1, 1, "the file is empty");
	refused("# only a comment\n", 2, 1, "the file is empty");
}

TEST(yaml_refuses_nesting_past_the_limit)
{
	char text[2 * LIMIT_YAML_DEPTH + 8] = "";
	PARSED fits;

	for (int i = 0; i < LIMIT_YAML_DEPTH; i++)
		strcat(text, "[");
	for (int i = 0; i < LIMIT_YAML_DEPTH; i++)
		strcat(text, "]");
	parse(&fits, text);
	CHECK(fits.top);
	memset(text, '[', LIMIT_YAML_DEPTH + 1);
	text[LIMIT_YAML_DEPTH + 1] = '\0';
	refused(text, 1, LIMIT_YAML_DEPTH + 1, "levels of nesting");
}

TEST(yaml_refuses_more_values_than_the_limit)
{
	size_t len = (size_t)LIMIT_YAML_NODES * 2;
	char *text = malloc(len + 3);
	PARSED p;

	CHECK(text);
	/* One value for the list itself, and one too many. */
	text[0] = '[';
	for (size_t i = 1; i < len; i += 2)
		memcpy(text + i, "1,", 2);
	text[len] = '1';
	text[len + 1] = ']';
	text[len + 2] = '\0';
	parse(&p, text);
	CHECK(!p.top && p.diags.errors > 0);
	CHECK(strstr(p.diags.first->message, "too large: a file may hold at most"));
	free(text);
}

TEST(yaml_refuses_two_megabytes_of_brackets_quickly)
{
	size_t len = 2 * 1024 * 1024;
	char *text = malloc(len);
	PARSED p;

	CHECK(text);
	memset(text, '[', len);
	parse_bytes(&p, (struct str){text, len});
	CHECK(!p.top && p.diags.first->column == LIMIT_YAML_DEPTH + 1);
	free(text);
}

TEST(yaml_gathers_several_faults)
{
	PARSED p;

	parse(&p, "a: &x 1\na: !t 2\nb: *x\n");
	CHECK(!p.top && p.diags.errors == 4);
}
