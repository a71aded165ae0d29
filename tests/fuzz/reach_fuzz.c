#include "fuzz.h"

#include "query/columns.h"
#include "query/moves.h"
#include "query/narrow.h"
#include "query/reach.h"

#include <stdlib.h>

enum { MEMORY = 64 * 1024 * 1024 };

/* Whatever a plan's text is: what it reaches is read off it without harm, and said in full. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_fini) struct buf held = {.limit = NARROW_LIMIT};
	struct moves moves = {0};
	struct arena arena;
	struct reach r = {0};
	char *sql;

	arena_init(&arena, MEMORY);
	sql = str_z(&arena, (struct str){(const char *)data, size});
	if (sql && size < 100000) {
		reach_find(sql, &arena, &r);
		for (size_t i = 0; i < r.count; i++) {
			if (!r.tables[i].all && !r.all && r.tables[i].count == 0)
				abort();
		}
		narrow_query(sql, false, &held);
		narrow_query(sql, true, &held);
		moves_find(sql, &moves);
		(void)columns_named(sql, NULL, 0);
	}
	arena_fini(&arena);
	return 0;
}
