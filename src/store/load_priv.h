/* load_priv.h -- what an engine's own way of loading must do; private to the store. */
#ifndef STORE_LOAD_PRIV_H
#define STORE_LOAD_PRIV_H

#include "store/load.h"

/* The first member of every engine's load. */
struct db_load {
	struct db *db;
	const struct table *table;
	const struct db_loader *loader;
	bool over;	  /* rows take the place of others */
	const bool *left; /* columns that stay, or NULL */
	int64_t rows;
	int64_t bad_row; /* set by the engine with an error: which row it is about, or 0 */
};

struct db_loader {
	/* `as` says which database, table and rows. */
	enum err_code (*open)(const struct db_load *as, struct db_load **ret_load, struct err *e);
	enum err_code (*row)(struct db_load *l, const struct db_cell *cells, struct err *e);
	enum err_code (*end)(struct db_load *l, struct err *e);
	void (*close)(struct db_load *l);
};

/* A statement for one row: its parameters are the columns of load_column, 0 and on, but those that
 * rows do not bring. */
enum err_code load_row_prepare(const struct db_load *l, struct db_stmt **ret_stmt, struct err *e);
size_t load_column(const struct db_load *l, size_t nth);
bool load_takes(const struct db_load *l, size_t column);

extern const struct db_loader insert_loader;
extern const struct db_loader pg_loader;

#endif
