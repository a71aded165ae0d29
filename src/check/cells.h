/* cells.h -- the words for the state of a cell, best first. */
#ifndef CHECK_CELLS_H
#define CHECK_CELLS_H

#include "base/str.h"

enum cell_state {
	CELL_NOT_APPLICABLE,
	CELL_QUIET,
	CELL_PROVEN,
	CELL_WAIVED,
	CELL_UNPROVEN,
	CELL_FAILING,
	CELL_MISSED,
	CELL_STATES,
};

extern const char *const cell_state_names[CELL_STATES];
/* CELL_UNPROVEN for a word that is none. */
enum cell_state cell_state_of(struct str name);

#endif
