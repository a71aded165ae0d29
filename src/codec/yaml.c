#include "codec/yaml.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A list or map that is being read. */
struct frame {
	struct yaml *node;
	struct yaml *last;
	struct str key; /* of the value that comes next; NULL when the key was at fault */
	long key_line;
	long key_column;
	bool has_key;
	bool is_key; /* the collection stands, wrongly, where a key should */
};

struct reader {
	struct str text;
	const char *file;
	struct arena *arena;
	struct diags *diags;
	struct yaml *root;
	struct frame stack[LIMIT_YAML_DEPTH];
	size_t depth;
	size_t nodes;
	size_t documents;
	bool stopped;
};

static struct place
place_at(const struct reader *r, const yaml_mark_t *mark)
{
	return (struct place){r->file, (long)mark->line + 1, (long)mark->column + 1};
}

static struct place
place_of_byte(const struct reader *r, size_t offset)
{
	struct place at = {r->file, 1, 1};

	for (size_t i = 0; i < offset && i < r->text.len; i++) {
		unsigned char c = (unsigned char)r->text.ptr[i];

		if (c == '\n') {
			at.line++;
			at.column = 1;
		} else if ((c & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

/* Column of a tab in the indentation of the line (from 1), or 0. */
static long
tab_column(const struct reader *r, long line)
{
	struct str rest = r->text;
	struct str indent = {0};

	for (long i = 0; i < line; i++)
		indent = str_cut(&rest, '\n');
	for (size_t i = 0; i < indent.len; i++) {
		if (indent.ptr[i] == '\t')
			return (long)i + 1;
		if (indent.ptr[i] != ' ')
			break;
	}
	return 0;
}

/* What to do about the commonest of libyaml's complaints, in the words of somebody who writes a
 * plan. */
static const char *
syntax_advice(const char *problem)
{
	static const struct {
		const char *problem;
		const char *advice;
	} known[] = {
		{"mapping values are not allowed in this context",
		 "a value with ': ' in it needs quotes; or the indentation is off"				  },
		{"found character that cannot start any token",
		 "text that starts with @, ` or % needs quotes"					       },
		{"did not find expected key",		      "is the line indented like its neighbours?"},
		{"did not find expected '-' indicator",
		 "is the line indented like the other items of the list?"					 },
		{"could not find expected ':'",			"a line 'key: value' was expected"	  },
		{"found unexpected end of stream",		   "a quote or bracket is never closed"       },
		{"did not find expected ',' or ']'",		     "a bracket is never closed"		},
		{"did not find expected ',' or '}'",		     "a brace is never closed"		      },
		{"did not find expected <document start>",
		 "the text before it is a whole document; is the indentation off?"				  },
	};

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (strcmp(problem, known[i].problem) == 0)
			return known[i].advice;
	}
	return NULL;
}

static void
syntax_fault(struct reader *r, const yaml_parser_t *p)
{
	const char *problem = p->problem ? p->problem : "no memory to read YAML";
	struct place at = place_at(r, &p->problem_mark);
	const char *advice = syntax_advice(problem);
	long tab = tab_column(r, at.line);
	char context[128] = "";

	if (p->error == YAML_READER_ERROR) {
		diag_add(r->diags, DIAG_ERROR, place_of_byte(r, p->problem_offset),
			 "control character 0x%02X; remove it", (unsigned)p->problem_value);
		return;
	}
	if (tab > 0) {
		at.column = tab;
		diag_add(r->diags, DIAG_ERROR, at, "a tab indents the line; use spaces");
		return;
	}
	if (p->context && p->context_mark.line != p->problem_mark.line)
		(void)snprintf(context, sizeof(context), ", %s that began in line %zu", p->context,
			       p->context_mark.line + 1);
	diag_add(r->diags, DIAG_ERROR, at, "%s%s%s%s", problem, context, advice ? "; " : "",
		 advice ? advice : "");
}

static void
attach(struct reader *r, struct yaml *node)
{
	struct frame *f;

	if (r->depth == 0) {
		r->root = node;
		return;
	}
	f = &r->stack[r->depth - 1];
	if (f->node->kind == YAML_MAP) {
		node->key = f->key;
		node->key_line = f->key_line;
		node->key_column = f->key_column;
		f->has_key = false;
	}
	if (f->last)
		f->last->next = node;
	else
		f->node->first = node;
	f->last = node;
	f->node->count++;
}

static bool
wants_key(const struct reader *r)
{
	const struct frame *f = r->depth ? &r->stack[r->depth - 1] : NULL;

	return f && f->node->kind == YAML_MAP && !f->has_key;
}

static void
set_key(struct reader *r, struct place at, struct str key)
{
	struct frame *f = &r->stack[r->depth - 1];

	f->key = key;
	f->key_line = at.line;
	f->key_column = at.column;
	f->has_key = true;
}

static struct yaml *
node_new(struct reader *r, struct place at, enum yaml_kind kind)
{
	struct yaml *node = arena_alloc(r->arena, sizeof(*node));

	*node = (struct yaml){.kind = kind, .line = at.line, .column = at.column};
	if (++r->nodes > LIMIT_YAML_NODES || arena_over(r->arena)) {
		diag_add(r->diags, DIAG_ERROR, at,
			 "too large: a file may hold at most %d values; split it",
			 LIMIT_YAML_NODES);
		r->stopped = true;
	}
	return node;
}

static void
check_properties(struct reader *r, struct place at, const yaml_char_t *anchor,
		 const yaml_char_t *tag)
{
	if (anchor)
		diag_add(r->diags, DIAG_ERROR, at,
			 "anchor '&%s': anchors are not taken; write the value out",
			 (const char *)anchor);
	if (tag)
		diag_add(r->diags, DIAG_ERROR, at, "tag '%s': tags are not taken; remove it",
			 (const char *)tag);
}

static bool
is_null(struct str text)
{
	return text.len == 0 || str_is(text, "~") || str_is(text, "null") || str_is(text, "Null") ||
	       str_is(text, "NULL");
}

static void
take_key(struct reader *r, struct place at, struct str text, yaml_scalar_style_t style)
{
	struct str key = {0};

	if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
		diag_add(r->diags, DIAG_ERROR, at, "a key must be one line of text");
	else if (text.len == 0)
		diag_add(r->diags, DIAG_ERROR, at, "a key is missing before ':'");
	else
		key = str_dup(r->arena, text);
	set_key(r, at, key);
}

static void
take_scalar(struct reader *r, const yaml_event_t *event)
{
	struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	yaml_scalar_style_t style = event->data.scalar.style;
	struct place at = place_at(r, &event->start_mark);
	bool quoted = style != YAML_PLAIN_SCALAR_STYLE;
	struct yaml *node;

	check_properties(r, at, event->data.scalar.anchor, event->data.scalar.tag);
	if (text.len > 0 && memchr(text.ptr, '\0', text.len))
		diag_add(r->diags, DIAG_ERROR, at, "the text has a NUL character; remove it");
	if (wants_key(r)) {
		take_key(r, at, text, style);
		return;
	}
	node = node_new(r, at, !quoted && is_null(text) ? YAML_NULL : YAML_TEXT);
	node->quoted = quoted;
	node->block = style == YAML_LITERAL_SCALAR_STYLE;
	if (node->kind == YAML_TEXT)
		node->text = str_dup(r->arena, text);
	attach(r, node);
}

static void
take_alias(struct reader *r, const yaml_event_t *event)
{
	struct place at = place_at(r, &event->start_mark);

	diag_add(r->diags, DIAG_ERROR, at,
		 "alias '*%s': aliases are not taken; write the value out",
		 (const char *)event->data.alias.anchor);
	if (wants_key(r))
		set_key(r, at, (struct str){0});
	else
		attach(r, node_new(r, at, YAML_NULL));
}

static void
open_collection(struct reader *r, struct place at, enum yaml_kind kind)
{
	bool is_key = wants_key(r);
	struct yaml *node = node_new(r, at, kind);

	if (r->depth == LIMIT_YAML_DEPTH) {
		diag_add(r->diags, DIAG_ERROR, at, "more than %d levels of nesting",
			 LIMIT_YAML_DEPTH);
		r->stopped = true;
		return;
	}
	if (is_key)
		diag_add(r->diags, DIAG_ERROR, at,
			 "a key must be text; a value that starts with { or [ needs quotes");
	else
		attach(r, node);
	r->stack[r->depth++] = (struct frame){.node = node, .is_key = is_key};
}

static int
key_order(const void *a, const void *b)
{
	const struct yaml *left = *(const struct yaml *const *)a;
	const struct yaml *right = *(const struct yaml *const *)b;
	int order = str_cmp(left->key, right->key);

	if (order == 0)
		order = (left->key_line > right->key_line) - (left->key_line < right->key_line);
	if (order == 0)
		order = (left->key_column > right->key_column) -
			(left->key_column < right->key_column);
	return order;
}

/* Sorts, so that a map of many keys takes no quadratic time. */
static void
check_duplicates(struct reader *r, const struct yaml *map)
{
	const struct yaml **sorted =
		arena_alloc(r->arena, map->count * sizeof(const struct yaml *));
	size_t count = 0;

	for (const struct yaml *y = map->first; y; y = y->next) {
		if (y->key.ptr)
			sorted[count++] = y;
	}
	if (count > 1)
		qsort(sorted, count, sizeof(const struct yaml *), key_order);
	for (size_t i = 1; i < count; i++) {
		const struct yaml *y = sorted[i];

		if (str_eq(y->key, sorted[i - 1]->key))
			diag_add(r->diags, DIAG_ERROR,
				 (struct place){r->file, y->key_line, y->key_column},
				 "the key '%.*s' is already in line %ld", STR_ARG(y->key),
				 sorted[i - 1]->key_line);
	}
}

static void
close_collection(struct reader *r)
{
	struct frame *f = &r->stack[--r->depth];

	if (f->node->kind == YAML_MAP)
		check_duplicates(r, f->node);
	if (f->is_key)
		set_key(r, (struct place){r->file, f->node->line, f->node->column},
			(struct str){0});
}

static void
take_event(struct reader *r, const yaml_event_t *event)
{
	struct place at = place_at(r, &event->start_mark);

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++r->documents > 1) {
			diag_add(r->diags, DIAG_ERROR, at,
				 "a second document starts; put it into a file of its own");
			r->stopped = true;
		}
		break;
	case YAML_ALIAS_EVENT:
		take_alias(r, event);
		break;
	case YAML_SCALAR_EVENT:
		take_scalar(r, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		check_properties(r, at, event->data.sequence_start.anchor,
				 event->data.sequence_start.tag);
		open_collection(r, at, YAML_LIST);
		break;
	case YAML_MAPPING_START_EVENT:
		check_properties(r, at, event->data.mapping_start.anchor,
				 event->data.mapping_start.tag);
		open_collection(r, at, YAML_MAP);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_collection(r);
		break;
	case YAML_STREAM_END_EVENT:
		if (r->documents == 0)
			diag_add(r->diags, DIAG_ERROR, at, "the file is empty");
		r->stopped = true;
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
}

static void
read_events(struct reader *r)
{
	CLEANUP(yaml_parser_delete) yaml_parser_t parser;
	yaml_event_t event;

	if (!yaml_parser_initialize(&parser)) {
		syntax_fault(r, &parser);
		return;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)r->text.ptr, r->text.len);
	while (!r->stopped) {
		if (!yaml_parser_parse(&parser, &event)) {
			syntax_fault(r, &parser);
			return;
		}
		take_event(r, &event);
		yaml_event_delete(&event);
	}
}

struct yaml *
yaml_parse(struct str text, const char *file, struct arena *arena, struct diags *d)
{
	struct reader r = {.text = text, .file = file, .arena = arena, .diags = d};
	size_t errors = d->errors;
	long fault;

	if (!text.ptr)
		r.text = str_of("");
	if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0)
		r.text = (struct str){text.ptr + 3, text.len - 3};
	fault = text_utf8_fault(r.text);
	if (fault >= 0)
		diag_add(d, DIAG_ERROR, place_of_byte(&r, (size_t)fault),
			 "byte 0x%02X is not UTF-8; save the file as UTF-8",
			 (unsigned char)r.text.ptr[fault]);
	else
		read_events(&r);
	return d->errors == errors ? r.root : NULL;
}

const struct yaml *
yaml_get(const struct yaml *map, const char *name)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml *y = map->first; y; y = y->next) {
		if (str_is(y->key, name))
			return y;
	}
	return NULL;
}
