#include "store/pg_priv.h"

#include "base/limits.h"
#include "store/load_priv.h"
#include "store/past_priv.h"
#include "sys/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RETRY_FIRST_MS = 50, RETRY_MOST_MS = 1000, STATEMENT_LIMIT = 65536 };

static void
sleep_ms(int64_t ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&t, NULL);
}

/* A server's message as one line. */
static const char *
one_line(const char *message, char *line, size_t size)
{
	size_t n = 0;

	for (; message && *message != '\0' && n + 1 < size; message++) {
		bool gap = *message == '\n' || *message == '\t' || *message == ' ';

		if (!gap || (n > 0 && line[n - 1] != ' '))
			line[n++] = *message == '\n' || *message == '\t' ? ' ' : *message;
	}
	while (n > 0 && line[n - 1] == ' ')
		n--;
	line[n] = '\0';
	return line;
}

static enum err_code
lost(struct pg_db *d, const char *what, struct err *e)
{
	return err_set(e, ERR_LOST, "", "%s: the connection to the database was lost; %s", what,
		       d->base.in_txn ? "nothing was changed; try again" : "try again");
}

/* What the first letters of an SQLSTATE say (appendix A of PostgreSQL's manual). */
static const struct {
	const char *state;
	enum err_code code;
	const char *advice; /* after the server's own words */
} kinds[] = {
	{"55P03", ERR_BUSY,	    "another process is writing to this store; try again when it is done"},
	{"40",    ERR_BUSY,	 "another process was in the way; try again"			    },
	{"53100", ERR_FULL,	    "the server's disk is full; nothing was changed"			    },
	{"53",    ERR_BUSY,	 "the server has no room for this now; try again"			 },
	{"57P",	ERR_LOST,	  "the server is stopping or starting; try again"			 },
	{"08",    ERR_LOST,	 "the connection to the database was lost; try again"		     },
	{"58",    ERR_IO,       "the server's disk failed; nothing was changed"		      },
	{"25006", ERR_BUSY,	    "this server is a standby that takes no changes yet; try again"	   },
	{"23",    ERR_CONFLICT, NULL								 },
	{"P0001", ERR_CONFLICT, NULL								 },
	{"28",    ERR_DENIED,   "the server refuses this user or password"			     },
	{"42501", ERR_DENIED,   "the server's user may not do that"					 },
	{"3D000", ERR_MISSING,  "there is no such database; make it with createdb"			 },
	{"XX",    ERR_INVALID,  "the database is damaged; restore it from a backup"		       },
};

int64_t
pg_count(const char *text)
{
	int64_t n = 0;

	return text && str_int(str_of(text), &n) ? n : 0;
}

enum err_code
pg_fail(struct pg_db *d, const PGresult *r, const char *what, struct err *e)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *said = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	char line[200];
	const char *at = r ? PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION) : NULL;

	if (PQstatus(d->conn) == CONNECTION_BAD)
		return lost(d, what, e);
	d->fault_at = pg_count(at);
	if (!state)
		return err_set(e, ERR_INTERNAL, "", "%s: %s", what,
			       one_line(PQerrorMessage(d->conn), line, sizeof(line)));
	(void)one_line(said, line, sizeof(line));
	if (strcmp(state, "57014") == 0)
		return err_set(e, ERR_TOO_BIG, "", "%s: ran longer than allowed", what);
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (strncmp(state, kinds[i].state, strlen(kinds[i].state)) == 0)
			return err_set(e, kinds[i].code, "", "%s: %s%s%s", what,
				       kinds[i].advice ? kinds[i].advice : line,
				       kinds[i].advice ? ": " : "", kinds[i].advice ? line : "");
	}
	return err_set(e, ERR_INVALID, "", "%s: %s", what, line);
}

static void
take_notice(void *object, const PGresult *r)
{
	struct pg_db *d = object;
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

	/* The end of a session, said after its commit was answered, arrives here too. */
	if (severity && strcmp(severity, "WARNING") == 0)
		d->warned = true;
}

static PGconn *
connect_once(const struct pg_db *d, const char *user, const char *password)
{
	/* What stands before the user's own words is only a default. Whoever answers must be able
	 * to write, so that of several hosts the primary is found. */
	const char *const keys[] = {
		"connect_timeout",	     "keepalives_idle",	 "keepalives_interval",
		"keepalives_count",	     "tcp_user_timeout", "target_session_attrs",
		"fallback_application_name", "dbname",		 "client_encoding",
		user ? "user" : NULL,	     "password",	 NULL};
	const char *const values[] = {"10",	  "10",	    "5",    "3",  "20000",  "read-write",
				      "holdfast", d->where, "UTF8", user, password, NULL};

	return PQconnectdbParams(keys, values, 1);
}

/* What every session has. Compiling an expression costs more than a check gains from it; both
 * engines' text compares by its bytes; and a session that was forgotten in the middle must not
 * hold everybody up. */
static enum err_code
session_set_up(struct pg_db *d, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	enum err_code rc;

	buf_addf(&sql,
		 "set search_path = \"%s\", pg_catalog; set client_min_messages = warning; "
		 "set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; set jit = "
		 "off; "
		 "set cursor_tuple_fraction = 1; set work_mem = '64MB'; "
		 "set max_parallel_workers_per_gather = 0; "
		 "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; "
		 "set tcp_keepalives_count = 3; set tcp_user_timeout = '20s'; "
		 "set client_connection_check_interval = '5s'; "
		 "set lock_timeout = %d; set idle_in_transaction_session_timeout = %d",
		 d->schema, LIMIT_BUSY_SECONDS * 1000, LIMIT_IDLE_SECONDS * 1000);
	if (sql.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	d->timeout_ms = 0;
	rc = pg_exec(&d->base, sql.data, e);
	return rc || !d->base.zone ? rc : pg_zone_tell(d, e);
}

static enum err_code
connect_failed(struct pg_db *d, struct err *e)
{
	const char *said = d->conn ? PQerrorMessage(d->conn) : "no memory";
	char line[260];

	(void)one_line(said, line, sizeof(line));
	/* libpq tells of a failed start only in words, which come from the server's C source. */
	if (strstr(said, "authentication failed") || strstr(said, "no password supplied") ||
	    strstr(said, "pg_hba.conf") || strstr(said, "role \""))
		return err_set(e, ERR_DENIED, "store",
			       "the database refuses this user or password: %s", line);
	if (strstr(said, "does not exist"))
		return err_set(e, ERR_MISSING, "store",
			       "%s; make it with 'createdb', or mend the connection string", line);
	if (strstr(said, "invalid") && strstr(said, "option"))
		return err_set(e, ERR_USAGE, "store", "%s", line);
	return err_set(e, ERR_LOST, "store",
		       "the database cannot be reached (%s); look whether it runs, and try again",
		       line);
}

static enum err_code
connect_as(struct pg_db *d, struct err *e)
{
	char user[2 * PG_NAME_SIZE];
	char password[HASH_HEX_LEN + 1];
	const char *base;
	enum err_code rc;

	if (!d->serves) {
		PQfinish(d->conn);
		d->conn = connect_once(d, NULL, NULL);
		return ERR_NONE;
	}
	base = PQdb(d->conn ? d->conn : d->aside.conn);
	(void)snprintf(user, sizeof(user), "%s_user", base ? base : "");
	rc = pg_wall_password(d, password, e);
	if (rc)
		return rc;
	PQfinish(d->conn);
	d->conn = connect_once(d, user, password);
	return ERR_NONE;
}

enum err_code
pg_reconnect(struct pg_db *d, struct err *e)
{
	enum err_code rc = connect_as(d, e);

	if (rc)
		return rc;
	if (!d->conn || PQstatus(d->conn) != CONNECTION_OK)
		return connect_failed(d, e);
	(void)PQsetNoticeReceiver(d->conn, take_notice, d);
	d->generation = ++d->sessions;
	d->ahead = 0;
	d->copying = NULL;
	d->dropped.len = 0;
	rc = session_set_up(d, e);
	if (rc || !d->serves)
		return rc;
	free(d->told);
	d->told = NULL;
	return pg_wall_tell(d, e);
}

/* A server that went away while nothing was asked has said so, or closed its end. */
static bool
is_open(struct pg_db *d)
{
	struct pollfd p = {.fd = PQsocket(d->conn), .events = POLLIN};

	if (PQstatus(d->conn) == CONNECTION_OK && PQtransactionStatus(d->conn) == PQTRANS_IDLE &&
	    d->ahead == 0 && poll(&p, 1, 0) > 0)
		(void)PQconsumeInput(d->conn);
	return PQstatus(d->conn) == CONNECTION_OK;
}

enum err_code
pg_ready(struct pg_db *d, struct err *e)
{
	int64_t end = clock_monotonic_ns() + (int64_t)LIMIT_RECONNECT_SECONDS * 1000000000;
	int64_t pause = RETRY_FIRST_MS;
	enum err_code rc;

	if (is_open(d))
		return ERR_NONE;
	/* A throw-away store ended with its connection. */
	if (d->base.in_txn || d->scratch)
		return lost(d, "database", e);
	while ((rc = pg_reconnect(d, e)) == ERR_LOST && !d->base.hurried &&
	       clock_monotonic_ns() < end) {
		sleep_ms(pause);
		pause = pause * 2 > RETRY_MOST_MS ? RETRY_MOST_MS : pause * 2;
	}
	/* What stood before the tables went with the connection. */
	return rc || !d->base.past ? rc : past_reader(&d->base, d->base.past, false, e);
}

enum err_code
pg_exec(struct db *db, const char *sql, struct err *e)
{
	struct pg_db *d = pg_of(db);
	PGresult *r;
	enum err_code rc = pg_ready(d, e);

	if (!rc)
		rc = pg_stop_ahead(d, e);
	if (rc)
		return rc;
	r = PQexec(d->conn, sql);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK &&
	    PQresultStatus(r) != PGRES_EMPTY_QUERY)
		rc = pg_fail(d, r, "database", e);
	else
		d->changed = pg_count(PQcmdTuples(r));
	PQclear(r);
	return rc;
}

enum err_code
pg_zone_tell(struct pg_db *d, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	buf_addf(&sql, "set timezone = '%s'", zone_name(d->base.zone));
	return sql.failed ? err_set(e, ERR_INTERNAL, "", "no memory for a statement")
			  : pg_exec(&d->base, sql.data, e);
}

static void
pg_close(struct db *db)
{
	struct pg_db *d = pg_of(db);
	struct err none;

	pg_judge_forget(d);
	if (d->scratch && PQstatus(d->conn) == CONNECTION_OK) {
		char drop[PG_NAME_SIZE + 100];

		(void)snprintf(
			drop, sizeof(drop),
			"set default_transaction_read_only = off; drop schema \"%s\" cascade",
			d->schema);
		if (PQtransactionStatus(d->conn) != PQTRANS_IDLE)
			(void)pg_exec(db, "rollback", &none);
		(void)pg_exec(db, drop, &none);
	}
	stmt_cache_empty(&d->aside.idle);
	PQfinish(d->aside.conn);
	PQfinish(d->conn);
	buf_fini(&d->aside.dropped);
	buf_fini(&d->dropped);
	free(d->where);
	free(d->sees);
	free(d->told);
	free(d);
}

/* The schema with the functions of the format, unless another process is making the same. */
static enum err_code
schema_make(struct pg_db *d, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	struct db_txn txn = {0};
	enum err_code rc;

	/* One that a killed process left has the name of this connection's. */
	if (d->scratch)
		buf_addf(&sql, "drop schema if exists \"%s\" cascade; ", d->schema);
	buf_addf(&sql, "create schema if not exists \"%s\"", d->schema);
	if (sql.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	rc = db_begin(&d->base, &txn, e);
	if (!rc)
		rc = pg_exec(&d->base, sql.data, e);
	if (!rc)
		rc = pg_add_functions(&d->base, e);
	if (!rc)
		rc = pg_add_guards(&d->base, e);
	if (!rc)
		rc = pg_add_wall(&d->base, e);
	if (!rc)
		rc = db_commit(&txn, e);
	db_txn_end(&txn);
	return rc;
}

static enum err_code
pg_open(const char *where, enum db_access access, struct db **ret_db, struct err *e)
{
	struct pg_db *d = calloc(1, sizeof(*d));
	enum err_code rc;

	if (!d)
		return err_set(e, ERR_INTERNAL, "", "no memory for the database handle");
	d->base.engine = &pg_engine;
	d->scratch = access == DB_SCRATCH;
	d->where = strdup(where);
	buf_init(&d->dropped, SIZE_MAX);
	buf_init(&d->aside.dropped, SIZE_MAX);
	(void)snprintf(d->schema, sizeof(d->schema), "holdfast");
	rc = d->where ? pg_reconnect(d, e) : err_set(e, ERR_INTERNAL, "", "no memory for a name");
	if (!rc && d->scratch) {
		(void)snprintf(d->schema, sizeof(d->schema), "holdfast_scratch_%d",
			       PQbackendPID(d->conn));
		rc = session_set_up(d, e);
	}
	if (!rc && (access == DB_CREATE || access == DB_SCRATCH))
		rc = schema_make(d, e);
	if (rc) {
		d->scratch = false;
		pg_close(&d->base);
		return rc;
	}
	*ret_db = &d->base;
	return ERR_NONE;
}

static enum err_code
begin_once(struct pg_db *d, enum db_aim aim, struct err *e)
{
	/* A limit of the last statement must not end the commit's wait for a standby. */
	enum err_code rc = pg_timeout_tell(d, e);

	if (rc)
		return rc;
	if (aim == AIM_WRITE)
		return pg_turn_take(d, e);
	/* It goes with the first question, which sees the state of that moment. */
	if (aim == AIM_READ)
		return pg_send_ahead(
			d, &(struct pg_call){.sql = "begin isolation level repeatable read"}, e);
	rc = pg_exec(&d->base, "begin isolation level read committed", e);
	if (rc && PQstatus(d->conn) == CONNECTION_OK)
		(void)pg_exec(&d->base, "rollback", &(struct err){0});
	return rc;
}

/* A connection that ends here ends nothing but itself: once more, on another. */
static enum err_code
pg_begin(struct db *db, enum db_aim aim, struct err *e)
{
	struct pg_db *d = pg_of(db);
	enum err_code rc = pg_ready(d, e);

	if (!rc)
		rc = begin_once(d, aim, e);
	if (rc != ERR_LOST || PQstatus(d->conn) == CONNECTION_OK)
		return rc;
	rc = pg_ready(d, e);
	return rc ? rc : begin_once(d, aim, e);
}

static enum err_code
pg_commit(struct db *db, struct err *e)
{
	struct pg_db *d = pg_of(db);
	PGresult *r;
	enum err_code rc = pg_loads_before(d, NULL, e);

	if (!rc)
		rc = pg_stop_ahead(d, e);
	if (rc)
		return rc;
	d->warned = false;
	r = PQexec(d->conn, "commit");
	if (PQstatus(d->conn) == CONNECTION_BAD)
		rc = err_set(e, ERR_LOST, "",
			     "the connection to the database was lost while it committed; whether "
			     "the change was kept shows when it is back: look, then try again");
	else if (PQresultStatus(r) != PGRES_COMMAND_OK)
		rc = pg_fail(d, r, "commit", e);
	/* So it says that somebody ended its wait for the standby: kept here, and perhaps only
	 * here. */
	else if (d->warned)
		rc = err_set(e, ERR_LOST, "",
			     "the server gave up waiting for its standby, so it is not known "
			     "whether the change outlives this server");
	/* A transaction in which something failed answers so, and says nothing else. */
	else if (strcmp(PQcmdStatus(r), "COMMIT") != 0)
		rc = err_set(e, ERR_INTERNAL, "", "a statement before failed, so nothing was kept");
	PQclear(r);
	return rc;
}

static void
pg_rollback(struct db *db)
{
	struct pg_db *d = pg_of(db);
	struct err none;

	pg_loads_forget(d);
	if (PQstatus(d->conn) != CONNECTION_OK)
		return;
	(void)pg_stop_ahead(d, &none);
	if (PQtransactionStatus(d->conn) != PQTRANS_IDLE)
		PQclear(PQexec(d->conn, "rollback"));
}

static enum err_code
reader_open(struct pg_db *d, const char *snapshot, struct db **ret_reader, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	struct db *reader = NULL;
	enum err_code rc = pg_open(d->where, DB_READ, &reader, e);

	buf_addf(&sql, "begin isolation level repeatable read; set transaction snapshot '%s'",
		 snapshot);
	if (!rc)
		rc = sql.failed ? err_set(e, ERR_INTERNAL, "", "no memory for a statement")
				: pg_exec(reader, sql.data, e);
	if (!rc)
		rc = pg_check_role(pg_of(reader), e);
	if (rc) {
		db_close(reader);
		return rc;
	}
	reader->in_txn = true;
	*ret_reader = reader;
	return ERR_NONE;
}

static enum err_code
pg_readers(struct db *db, struct db **ret_readers, size_t *count, struct err *e)
{
	struct pg_db *d = pg_of(db);
	size_t wanted = d->scratch ? 0 : *count;
	DB_TXN txn = {0};
	DB_STMT *s = NULL;
	char snapshot[PG_NAME_SIZE] = "";
	enum err_code rc;
	bool row;

	*count = 0;
	if (wanted == 0)
		return ERR_NONE;
	rc = db_begin_read(db, &txn, e);
	if (!rc)
		rc = db_prepare(db, "select pg_export_snapshot()", &s, e);
	if (!rc)
		rc = db_step(s, &row, e);
	if (!rc)
		(void)snprintf(snapshot, sizeof(snapshot), "%.*s", STR_ARG(db_text(s, 0)));
	while (!rc && *count < wanted) {
		rc = reader_open(d, snapshot, &ret_readers[*count], e);
		*count += !rc;
	}
	while (rc && *count > 0)
		db_close(ret_readers[--*count]);
	return rc;
}

/* Only the tables of which half changed since it last looked: of less the server takes notice
 * itself, and here somebody waits. */
static enum err_code
pg_learn(struct db *db, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	DB_STMT *s = NULL;
	enum err_code rc =
		db_prepare(db,
			   "select relname from pg_stat_all_tables, pg_stat_force_next_flush() "
			   "where schemaname = current_schema() and "
			   "n_mod_since_analyze > 1000 + n_live_tup / 2",
			   &s, e);
	bool row;

	while (!rc && !(rc = db_step(s, &row, e)) && row)
		buf_addf(&sql, "%s\"%.*s\"", sql.len ? ", " : "analyze ", STR_ARG(db_text(s, 0)));
	return rc || sql.len == 0 || sql.failed ? rc : pg_exec(db, sql.data, e);
}

static enum err_code
pg_only_read(struct db *db, struct err *e)
{
	enum err_code rc = pg_exec(db, "set default_transaction_read_only = on", e);

	if (!rc && db->in_txn)
		rc = pg_exec(db, "set transaction read only", e);
	return rc;
}

/* For those above, who may ask anything. */
static enum err_code
pg_exec_all(struct db *db, const char *sql, struct err *e)
{
	enum err_code rc = pg_loads_before(pg_of(db), NULL, e);

	return rc ? rc : pg_exec(db, sql, e);
}

static const char *
pg_real_tables(const struct db *db)
{
	struct pg_db *d = pg_of(db);

	(void)snprintf(d->tables, sizeof(d->tables), "\"%s\".", d->schema);
	return d->tables;
}

static enum err_code
pg_clear(struct db *db, struct err *e)
{
	char drop[PG_NAME_SIZE + 32];

	(void)snprintf(drop, sizeof(drop), "drop schema \"%s\" cascade", pg_of(db)->schema);
	return pg_exec(db, drop, e);
}

static enum err_code
pg_changes(struct db *db, int64_t *ret_count, struct err *e)
{
	struct pg_db *d = pg_of(db);
	enum err_code rc = pg_settle(d, e);

	if (!rc)
		*ret_count = d->changed;
	return rc;
}

static void
pg_deadline(struct db *db, int64_t ms)
{
	pg_of(db)->deadline_ns = ms ? clock_monotonic_ns() + ms * 1000000 : 0;
}

enum err_code
pg_timeout_tell(struct pg_db *d, struct err *e)
{
	int64_t left = d->deadline_ns ? (d->deadline_ns - clock_monotonic_ns()) / 1000000 : 0;
	char sql[64];
	enum err_code rc;

	if (!d->deadline_ns && !d->timeout_ms)
		return ERR_NONE;
	/* 0 would lift the limit. */
	left = d->deadline_ns && left < 1 ? 1 : left;
	(void)snprintf(sql, sizeof(sql), "set statement_timeout = %lld", (long long)left);
	rc = d->base.in_txn ? pg_send_ahead(d, &(struct pg_call){.sql = sql}, e)
			    : pg_exec(&d->base, sql, e);
	if (!rc)
		d->timeout_ms = left;
	return rc;
}

static enum err_code
pg_set_zone(struct db *db, struct err *e)
{
	return pg_zone_tell(pg_of(db), e);
}

const struct db_engine pg_engine = {
	.name = "postgresql",
	.question_rows = 100,
	.lateral = true,
	.loader = &pg_loader,
	.clear = pg_clear,
	.open = pg_open,
	.close = pg_close,
	.set_zone = pg_set_zone,
	.exec = pg_exec_all,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.readers = pg_readers,
	.real_tables = pg_real_tables,
	.only_read = pg_only_read,
	.put_aside_own = pg_put_aside_own,
	.learn = pg_learn,
	.roles = pg_roles,
	.see = pg_see,
	.see_all = pg_see_all,
	.changes = pg_changes,
	.deadline = pg_deadline,
	.prepare = pg_prepare,
	.stmt_free = pg_stmt_free,
	.stmt_clear = pg_stmt_clear,
	.param = pg_param,
	.param_count = pg_param_count,
	.param_name = pg_param_name,
	.bind_int = pg_bind_int,
	.bind_bytes = pg_bind_bytes,
	.step = pg_step,
	.run = pg_run,
	.reset = pg_reset,
	.column_count = pg_column_count,
	.column_name = pg_column_name,
	.is_null = pg_is_null,
	.is_int = pg_is_int,
	.get_int = pg_get_int,
	.get_text = pg_get_text,
	.get_cells = pg_get_cells,
	.create_table = pg_create_table,
	.drop_table = pg_drop_table,
	.rebuild_table = pg_rebuild_table,
	.add_column = pg_add_column,
	.add_index = pg_add_index,
	.check_table = pg_check_table,
	.check_guards = pg_check_guards,
};
