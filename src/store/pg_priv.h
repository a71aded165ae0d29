/* pg_priv.h -- the parts of the PostgreSQL engine, private to the store. */
#ifndef STORE_PG_PRIV_H
#define STORE_PG_PRIV_H

#include "base/buf.h"
#include "base/hash.h"
#include "store/engine_priv.h"

#include <libpq-fe.h>

/* Statements sent ahead of their answers, so that writing many rows does not wait for each. */
enum { PG_AHEAD_MAX = 128, PG_NAME_SIZE = 64, PG_ROWS_AT_ONCE = 2000 };

/* Types of the values that pass between program and server. */
enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_TEXT = 25,
	PG_NUMERIC = 1700
};

/* A session that is put aside while the other one of the same connection is used: one serves users,
 * the other is the owner's, and each keeps what was prepared on it. */
struct pg_aside {
	PGconn *conn;
	uint64_t generation;
	int64_t timeout_ms;
	struct buf dropped;
	struct stmt_cache idle;
};

struct pg_db {
	struct db base;
	PGconn *conn;
	char *where;
	char schema[PG_NAME_SIZE];
	char tables[PG_NAME_SIZE + 4]; /* "schema". */
	bool scratch;
	uint8_t secret[32]; /* pg_wall.c: signs what a session that serves a user may see */
	bool has_secret;
	bool serves;
	char *sees; /* "{1,2}": numbers of organisations */
	char *told; /* what the session that serves users knows of that, or NULL */
	struct pg_aside aside;
	uint64_t sessions;   /* opened so far */
	bool warned;	     /* by the server, since it was last set to false */
	uint64_t generation; /* of the session: what was prepared on another is not known to it */
	uint64_t names;	     /* given to statements and cursors */
	size_t ahead;	     /* answers still to come */
	int64_t changed;     /* rows that the last statement touched */
	int64_t deadline_ns; /* of the monotonic clock; 0 for none */
	int64_t timeout_ms;  /* what the server was told; 0 for none */
	int64_t fault_at;    /* where in its text a statement was refused, from 1; 0 unknown */
	struct buf dropped;  /* statements that are no longer needed, as the server shall be told */
	struct pg_load *loads;	 /* pg_load.c: rows on their way */
	struct pg_load *copying; /* of which the server has not said yet that it has them */
	bool loading;
	struct db *shadow; /* pg_guard.c: the same tables without rows, in SQLite */
};

static inline struct pg_db *
pg_of(const struct db *db)
{
	/* Every struct db of this engine is the first member of a pg_db. */
	return (struct pg_db *)(uintptr_t)db;
}

/* pg.c */

/* Turns a failed answer (or, without one, the connection's state) into our error. */
enum err_code pg_fail(struct pg_db *d, const PGresult *r, const char *what, struct err *e);
/* A number that libpq gives as text; 0 for none. */
int64_t pg_count(const char *text);
/* Opens the connection again if it is lost; never within a transaction. */
enum err_code pg_ready(struct pg_db *d, struct err *e);
/* One or more statements without parameters, now. */
enum err_code pg_exec(struct db *db, const char *sql, struct err *e);

/* Tells the server how long the next statement may still run, where there is a deadline. */
enum err_code pg_timeout_tell(struct pg_db *d, struct err *e);
/* Tells the server the plan's time zone. */
enum err_code pg_zone_tell(struct pg_db *d, struct err *e);

/* Leaves the connection and opens another. */
enum err_code pg_reconnect(struct pg_db *d, struct err *e);

/* pg_wall.c: who sees what, and the roles for it. */

/* The secret, and the function that the policies ask. */
enum err_code pg_add_wall(struct db *db, struct err *e);
/* Appends the policy of a table whose rows are somebody's. */
void pg_wall_text(const struct table *t, struct buf *sql);
enum err_code pg_roles(struct db *db, bool *ret_made, struct err *e);
/* Until the transaction ends: may only read. Nothing happens where there is no such role. */
enum err_code pg_check_role(struct pg_db *d, struct err *e);
enum err_code pg_see(struct db *db, const int64_t *organisations, size_t count, struct err *e);
enum err_code pg_see_all(struct db *db, struct err *e);
/* Of the role that serves users. */
enum err_code pg_wall_password(const struct pg_db *d, char out[HASH_HEX_LEN + 1], struct err *e);
/* Tells the session whom it serves. */
enum err_code pg_wall_tell(struct pg_db *d, struct err *e);

/* pg_past.c: as `put_aside_own`. */
enum err_code pg_put_aside_own(struct db *db, const struct past *p, struct err *e);

/* pg_turn.c: begins a transaction that writes, when its turn has come. */
enum err_code pg_turn_take(struct pg_db *d, struct err *e);

/* pg_wire.c: what goes over the connection. */

struct pg_call {
	const char *name; /* prepared statement, or NULL: then `sql` */
	const char *sql;
	int count;
	const Oid *types;
	const char *const *values;
	const int *lengths;
	const int *formats;
};
/* Sends without waiting; a failure shows at the next wait. */
enum err_code pg_send_ahead(struct pg_db *d, const struct pg_call *c, struct err *e);
/* Waits for everything that was sent, then for this; the answer is the caller's to clear. */
enum err_code pg_call(struct pg_db *d, const struct pg_call *c, PGresult **ret_answer,
		      struct err *e);
/* Has a statement parsed, and its parameters and columns told; in one exchange. */
struct pg_text;
enum err_code pg_parse_describe(struct pg_db *d, const char *name, const struct pg_text *text,
				PGresult **ret_shape, struct err *e);
/* The server may forget the statement; told with the next that is parsed. */
void pg_name_drop(struct pg_db *d, const char *name);
/* Waits for everything that was sent. */
enum err_code pg_settle(struct pg_db *d, struct err *e);
/* The same, and leaves the mode in which statements are sent ahead. */
enum err_code pg_stop_ahead(struct pg_db *d, struct err *e);

/* pg_load.c: rows that are gathered. */

/* Sends those of the tables that the statement is about; of all for NULL. */
enum err_code pg_loads_before(struct pg_db *d, const char *sql, struct err *e);
/* Forgets those that were not sent. */
void pg_loads_forget(struct pg_db *d);
/* Waits until the server has the rows that were sent last. */
enum err_code pg_load_answer(struct pg_db *d, struct err *e);

/* pg_stmt.c */
extern const struct db_engine pg_engine;
enum err_code pg_prepare(struct db *db, const char *sql, const struct db_how *how,
			 struct db_stmt **ret_stmt, struct err *e);
void pg_stmt_free(struct db_stmt *s);
void pg_stmt_clear(struct db_stmt *s);
int pg_param(const struct db_stmt *s, const char *name);
int pg_param_count(const struct db_stmt *s);
const char *pg_param_name(const struct db_stmt *s, int index);
void pg_bind_int(struct db_stmt *s, int index, int64_t value);
void pg_bind_bytes(struct db_stmt *s, int index, struct str value, bool text);
/* Bytes as they go over the connection for a parameter of its type. */
void pg_bind_wire(struct db_stmt *s, int index, struct str value);
enum err_code pg_step(struct db_stmt *s, bool *ret_row, struct err *e);
enum err_code pg_run(struct db_stmt *s, struct err *e);
void pg_reset(struct db_stmt *s);

int pg_column_count(const struct db_stmt *s);
const char *pg_column_name(const struct db_stmt *s, int column);
bool pg_is_null(const struct db_stmt *s, int column);
bool pg_is_int(const struct db_stmt *s, int column);
int64_t pg_get_int(const struct db_stmt *s, int column);
struct str pg_get_text(const struct db_stmt *s, int column);
void pg_get_cells(const struct db_stmt *s, int first, size_t count, struct db_cell *ret_cells);

/* pg_text.c: `:name` becomes `$1`. */
struct pg_text {
	char *sql;
	char **names; /* of the parameters, in order of first appearance */
	int name_count;
};
enum err_code pg_text_read(const char *sql, struct pg_text *ret_text, struct err *e);
void pg_text_fini(struct pg_text *t);
/* Where byte `at` of the translated text stands in the given one. */
long pg_text_offset(const char *sql, long at);

/* pg_guard.c: whether a plan may ask this; what it reads. */
enum err_code pg_judge(struct pg_db *d, const char *sql, struct db_guard *guard, struct err *e);
void pg_judge_forget(struct pg_db *d);

/* pg_func.c: the functions of the plan format. */
enum err_code pg_add_functions(struct db *db, struct err *e);

/* pg_schema.c */

/* What the guards of all tables share. */
enum err_code pg_add_guards(struct db *db, struct err *e);
enum err_code pg_create_table(struct db *db, const struct table *t, struct err *e);
enum err_code pg_drop_table(struct db *db, const struct table *t, struct err *e);
enum err_code pg_rebuild_table(struct db *db, const struct table *t, const struct schema_fill *fill,
			       struct err *e);
enum err_code pg_add_column(struct db *db, const struct table *t, const struct column *c,
			    struct err *e);
void pg_index_text(const struct table *t, const struct index *i, struct buf *sql);
enum err_code pg_add_index(struct db *db, const struct table *t, const struct index *i,
			   struct err *e);
enum err_code pg_check_table(struct db *db, const struct table *t, struct err *e);
enum err_code pg_check_guards(struct db *db, const struct table *t, struct err *e);

#endif
