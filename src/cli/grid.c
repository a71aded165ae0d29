#include "cli/grid.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Between columns. */
static const char gap[] = "  ";

enum { GAP = sizeof(gap) - 1, CELL_LEAST = 8 };

void
grid_init(struct grid *g, struct cli *c, const struct grid_column *columns, size_t count)
{
	*g = (struct grid){.cli = c, .columns = columns, .column_count = count};
}

void
grid_text(struct grid *g, struct str text)
{
	char *copy = str_z(&g->cli->arena, text);

	text_tame(copy, text.len);
	g->cells = arena_room(&g->cli->arena, g->cells, g->cell_count, &g->cell_cap,
			      sizeof(*g->cells));
	g->cells[g->cell_count++] = (struct str){copy, text.len};
}

void
grid_addf(struct grid *g, const char *format, ...)
{
	char *text;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_alloc(&g->cli->arena, (size_t)len + 1);
	va_start(args, format);
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	grid_text(g, (struct str){text, (size_t)len});
}

void
grid_int(struct grid *g, int64_t value)
{
	char plain[32];
	char text[48];
	size_t len = (size_t)snprintf(plain, sizeof(plain), "%lld", (long long)value);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && plain[i - 1] != '-')
			text[n++] = ',';
		text[n++] = plain[i];
	}
	grid_text(g, (struct str){text, n});
}

/* The widest of a column's cells and its title. */
static size_t
column_width(const struct grid *g, size_t column)
{
	size_t widest = strlen(g->columns[column].title);

	for (size_t i = column; i < g->cell_count; i += g->column_count) {
		size_t width = text_columns(g->cells[i]);

		widest = width > widest ? width : widest;
	}
	return widest;
}

/* Takes from the widest column that may shrink until the row fits or none can give more. */
static void
widths_fit(const struct grid *g, size_t *widths)
{
	size_t total = 0;

	for (size_t i = 0; i < g->column_count; i++)
		total += widths[i] + GAP;
	for (total -= GAP; total > g->cli->columns; total--) {
		size_t widest = g->column_count;

		for (size_t i = 0; i < g->column_count; i++) {
			if (g->columns[i].shrink && widths[i] > CELL_LEAST &&
			    (widest == g->column_count || widths[i] > widths[widest]))
				widest = i;
		}
		if (widest == g->column_count)
			return;
		widths[widest]--;
	}
}

static void
cell_print(const struct grid *g, struct str text, size_t column, size_t width)
{
	bool last = column + 1 == g->column_count;
	size_t columns = text_columns(text);
	const char *tail = "";

	if (columns > width) {
		text.len = text_fit(text, width - 3);
		columns = text_columns(text) + 3;
		tail = "...";
	}
	if (g->columns[column].right)
		cli_print(g->cli, "%*s", (int)(width - columns), "");
	cli_print(g->cli, "%.*s%s", STR_ARG(text), tail);
	if (!g->columns[column].right && !last)
		cli_print(g->cli, "%*s", (int)(width - columns), "");
	cli_print(g->cli, "%s", last ? "\n" : gap);
}

void
grid_print(const struct grid *g)
{
	size_t widths[GRID_COLUMNS];

	for (size_t i = 0; i < g->column_count; i++)
		widths[i] = column_width(g, i);
	widths_fit(g, widths);
	for (size_t i = 0; i < g->column_count; i++)
		cell_print(g, str_of(g->columns[i].title), i, widths[i]);
	for (size_t i = 0; i < g->cell_count; i++)
		cell_print(g, g->cells[i], i % g->column_count, widths[i % g->column_count]);
}
