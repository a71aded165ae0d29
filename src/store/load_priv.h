/* load_priv.h -- what an engine's own way of loading must do; private to the store. */
#ifndef STORE_LOAD_PRIV_H
#define STORE_LOAD_PRIV_H

#include "store/load.h"

/* The first member of every engine's load. */
struct db_load {
	struct db *db;
	const struct table *table;
	const struct db_loader *loader;
	int64_t rows;
	int64_t bad_row; /* set by the engine with an error: which row it is about, or 0 */
};

struct db_loader {
	enum err_code (*open)(struct db *db, const struct table *t, struct db_load **ret_load,
			      struct err *e);
	enum err_code (*row)(struct db_load *l, const struct db_cell *cells, struct err *e);
	enum err_code (*end)(struct db_load *l, struct err *e);
	void (*close)(struct db_load *l);
};

extern const struct db_loader insert_loader;
extern const struct db_loader pg_loader;

#endif
