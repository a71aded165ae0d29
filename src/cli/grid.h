/* grid.h -- a table of text that fits the terminal. */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include "cli/cli.h"

struct grid_column {
	const char *title;
	bool right;  /* numbers */
	bool shrink; /* may be cut, ending in "...", when the row is too wide */
};

enum { GRID_COLUMNS = 12 };

/* Lives in the command's arena. */
struct grid {
	struct cli *cli;
	const struct grid_column *columns;
	size_t column_count;
	struct str *cells;
	size_t cell_count;
	size_t cell_cap;
};

void grid_init(struct grid *g, struct cli *c, const struct grid_column *columns, size_t count);
/* The next cell, row by row. Copies the text; line breaks and control characters become spaces. */
void grid_text(struct grid *g, struct str text);
void grid_addf(struct grid *g, const char *format, ...) PRINTF(2, 3);
/* A number with its thousands parted: 12,345. */
void grid_int(struct grid *g, int64_t value);
void grid_print(const struct grid *g);

#endif
