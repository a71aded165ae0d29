/* engine_priv.h -- what an engine must do; private to the store. */
#ifndef STORE_ENGINE_PRIV_H
#define STORE_ENGINE_PRIV_H

#include "store/past.h"
#include "store/stmt_cache.h"

/* The first member of every engine's connection and statement. */
struct db {
	const struct db_engine *engine;
	const struct zone *zone;
	bool in_txn;
	bool hurried;		 /* see db_hurry */
	const struct past *past; /* what it reads instead of the present, or NULL */
	bool past_aside;
	struct stmt_cache idle;
};

struct db_stmt {
	struct db *db;
	char *sql;    /* as it was given */
	bool guarded; /* for a plan: prepared for whoever asked, and never again */
	bool scan;
	uint64_t hash; /* of the text */
	/* While it is idle. */
	struct db_stmt *newer;
	struct db_stmt *older;
};

/* How a statement is to be used. */
struct db_how {
	struct db_guard *guard; /* or NULL */
	bool scan;		/* its rows may be too many for memory */
};

/* What a transaction is for: see db_begin_read, db_begin and db_begin_beside. */
enum db_aim { AIM_READ, AIM_WRITE, AIM_BESIDE };

struct db_loader;

struct db_engine {
	const char *name;
	int64_t question_rows;		/* as db_question_rows */
	bool lateral;			/* as db_has_lateral */
	const struct db_loader *loader; /* load_priv.h */
	enum err_code (*open)(const char *where, enum db_access access, struct db **ret_db,
			      struct err *e);
	void (*close)(struct db *db);
	enum err_code (*set_zone)(struct db *db, struct err *e);
	enum err_code (*exec)(struct db *db, const char *sql, struct err *e);
	enum err_code (*begin)(struct db *db, enum db_aim aim, struct err *e);
	enum err_code (*commit)(struct db *db, struct err *e);
	void (*rollback)(struct db *db);
	enum err_code (*readers)(struct db *db, struct db **ret_readers, size_t *count,
				 struct err *e);
	/* What stands before a table's name where a view of the connection stands before it. */
	const char *(*real_tables)(const struct db *db);
	/* From now on the connection writes nothing, its transaction in hand included. */
	enum err_code (*only_read)(struct db *db, struct err *e);
	/* Puts aside what the tables held then, for this connection and its readers: from then on
	 * their names mean that, and those of their histories what
	 * was superseded by then. May be NULL, or do nothing. */
	enum err_code (*put_aside)(struct db *db, const struct past *p, bool *ret_done,
				   struct err *e);
	/* Does so for a reader alone, in its transaction, which then only reads; views of the
	 * history are there. It need not wait until that is done. May be NULL. */
	enum err_code (*put_aside_own)(struct db *db, const struct past *p, struct err *e);
	enum err_code (*learn)(struct db *db, struct err *e);
	/* The wall between organisations; NULL where there is none. */
	enum err_code (*roles)(struct db *db, bool *ret_made, struct err *e);
	enum err_code (*see)(struct db *db, const int64_t *organisations, size_t count,
			     struct err *e);
	enum err_code (*see_all)(struct db *db, struct err *e);
	/* Writes the whole store, as it is at one moment, to a new file. NULL where it has no
	 * file. */
	enum err_code (*save)(struct db *db, const char *path, struct err *e);
	enum err_code (*check_room)(struct db *db, int64_t bytes, struct err *e);
	/* Drops all that is ours on a server. NULL for a file, which is removed instead. */
	enum err_code (*clear)(struct db *db, struct err *e);
	enum err_code (*changes)(struct db *db, int64_t *ret_count, struct err *e);
	void (*deadline)(struct db *db, int64_t ms);
	/* As db_mover_start. All NULL where no commit stops for anything. */
	enum err_code (*mover_start)(struct db *db, struct err *e);
	void (*mover_stop)(struct db *db);
	bool (*mover_fails)(const struct db *db, struct err *e);
	enum err_code (*prepare)(struct db *db, const char *sql, const struct db_how *how,
				 struct db_stmt **ret_stmt, struct err *e);
	void (*stmt_free)(struct db_stmt *s);
	/* Resets it and takes all values away. */
	void (*stmt_clear)(struct db_stmt *s);
	int (*param)(const struct db_stmt *s, const char *name);
	int (*param_count)(const struct db_stmt *s);
	const char *(*param_name)(const struct db_stmt *s, int index);
	void (*bind_int)(struct db_stmt *s, int index, int64_t value);
	void (*bind_bytes)(struct db_stmt *s, int index, struct str value, bool text);
	enum err_code (*step)(struct db_stmt *s, bool *ret_row, struct err *e);
	/* For a statement without rows. In a transaction it may be only sent: a failure then
	 * shows at the next question, or at the commit. */
	enum err_code (*run)(struct db_stmt *s, struct err *e);
	void (*reset)(struct db_stmt *s);
	int (*column_count)(const struct db_stmt *s);
	const char *(*column_name)(const struct db_stmt *s, int column);
	bool (*is_null)(const struct db_stmt *s, int column);
	bool (*is_int)(const struct db_stmt *s, int column);
	int64_t (*get_int)(const struct db_stmt *s, int column);
	struct str (*get_text)(const struct db_stmt *s, int column);
	void (*get_cells)(const struct db_stmt *s, int first, size_t count,
			  struct db_cell *ret_cells);
	enum err_code (*create_table)(struct db *db, const struct table *t, struct err *e);
	enum err_code (*drop_table)(struct db *db, const struct table *t, struct err *e);
	enum err_code (*rebuild_table)(struct db *db, const struct table *t,
				       const struct schema_fill *fill, struct err *e);
	enum err_code (*add_column)(struct db *db, const struct table *t, const struct column *c,
				    struct err *e);
	enum err_code (*add_index)(struct db *db, const struct table *t, const struct index *i,
				   struct err *e);
	enum err_code (*check_table)(struct db *db, const struct table *t, struct err *e);
	enum err_code (*check_guards)(struct db *db, const struct table *t, struct err *e);
};

extern const struct db_engine sqlite_engine;
extern const struct db_engine pg_engine;

#endif
