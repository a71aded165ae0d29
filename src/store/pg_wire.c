#include "store/pg_priv.h"

/* Every answer in a pipeline ends with a null; what was sent after one that failed is answered as
 * aborted. */
static enum err_code
answer_next(struct pg_db *d, PGresult **ret_answer, struct err *e)
{
	PGresult *r = PQgetResult(d->conn);
	ExecStatusType status = PQresultStatus(r);
	PGresult *more;
	enum err_code rc = ERR_NONE;

	while (r && (more = PQgetResult(d->conn)))
		PQclear(more);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
		d->changed = pg_count(PQcmdTuples(r));
	} else if (status == PGRES_PIPELINE_ABORTED) {
		rc = err_set(e, ERR_INTERNAL, "", "a statement before failed");
	} else {
		rc = pg_fail(d, r, "database", e);
	}
	if (!rc && ret_answer)
		*ret_answer = r;
	else
		PQclear(r);
	return rc;
}

static bool
is_ahead(const struct pg_db *d)
{
	return PQpipelineStatus(d->conn) != PQ_PIPELINE_OFF;
}

/* Reads the answers to all that was sent. The first failure is the one that says why. */
static enum err_code
drain(struct pg_db *d, PGresult **ret_last, struct err *e)
{
	enum err_code rc = ERR_NONE;
	PGresult *sync;

	if (!PQpipelineSync(d->conn)) {
		d->ahead = 0;
		return pg_fail(d, NULL, "database", e);
	}
	for (; d->ahead > 0; d->ahead--) {
		struct err other;
		PGresult **ret = d->ahead == 1 ? ret_last : NULL;
		enum err_code one = answer_next(d, ret, rc ? &other : e);

		rc = rc ? rc : one;
	}
	sync = PQgetResult(d->conn);
	PQclear(sync);
	if (rc && ret_last) {
		PQclear(*ret_last);
		*ret_last = NULL;
	}
	return rc;
}

static enum err_code
enter_ahead(struct pg_db *d, struct err *e)
{
	enum err_code rc = pg_load_answer(d, e);

	if (!rc && !is_ahead(d) && !PQenterPipelineMode(d->conn))
		rc = pg_fail(d, NULL, "database", e);
	return rc;
}

static int
send_call(struct pg_db *d, const struct pg_call *c)
{
	return c->name ? PQsendQueryPrepared(d->conn, c->name, c->count, c->values, c->lengths,
					     c->formats, 1)
		       : PQsendQueryParams(d->conn, c->sql, c->count, c->types, c->values,
					   c->lengths, c->formats, 1);
}

enum err_code
pg_send_ahead(struct pg_db *d, const struct pg_call *c, struct err *e)
{
	enum err_code rc = enter_ahead(d, e);

	if (rc)
		return rc;
	if (!send_call(d, c))
		return pg_fail(d, NULL, "database", e);
	d->ahead++;
	/* The server must not wait for somebody to read its answers. */
	return d->ahead < PG_AHEAD_MAX ? ERR_NONE : drain(d, NULL, e);
}

enum err_code
pg_settle(struct pg_db *d, struct err *e)
{
	return is_ahead(d) && d->ahead > 0 ? drain(d, NULL, e) : ERR_NONE;
}

enum err_code
pg_stop_ahead(struct pg_db *d, struct err *e)
{
	enum err_code rc = pg_load_answer(d, e);
	struct err other;
	enum err_code one = pg_settle(d, rc ? &other : e);

	rc = rc ? rc : one;
	if (is_ahead(d) && !PQexitPipelineMode(d->conn) && !rc)
		rc = pg_fail(d, NULL, "database", e);
	return rc;
}

enum err_code
pg_call(struct pg_db *d, const struct pg_call *c, PGresult **ret_answer, struct err *e)
{
	PGresult *r;
	enum err_code rc;

	*ret_answer = NULL;
	if (d->ahead > 0) {
		if (!send_call(d, c))
			return pg_fail(d, NULL, "database", e);
		d->ahead++;
		return drain(d, ret_answer, e);
	}
	rc = pg_stop_ahead(d, e);
	if (rc)
		return rc;
	r = c->name ? PQexecPrepared(d->conn, c->name, c->count, c->values, c->lengths, c->formats,
				     1)
		    : PQexecParams(d->conn, c->sql, c->count, c->types, c->values, c->lengths,
				   c->formats, 1);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK) {
		rc = pg_fail(d, r, "database", e);
		PQclear(r);
		return rc;
	}
	d->changed = pg_count(PQcmdTuples(r));
	*ret_answer = r;
	return ERR_NONE;
}

enum err_code
pg_parse_describe(struct pg_db *d, const char *name, const struct pg_text *text,
		  PGresult **ret_shape, struct err *e)
{
	bool drop = d->dropped.len > 0 && PQtransactionStatus(d->conn) != PQTRANS_INERROR;
	enum err_code rc = drop ? pg_exec(&d->base, d->dropped.data, e) : ERR_NONE;

	if (drop)
		d->dropped.len = 0;
	if (!rc)
		rc = enter_ahead(d, e);
	if (rc)
		return rc;
	if (!PQsendPrepare(d->conn, name, text->sql, 0, NULL) ||
	    !PQsendDescribePrepared(d->conn, name))
		return pg_fail(d, NULL, "database", e);
	d->ahead += 2;
	return drain(d, ret_shape, e);
}

void
pg_name_drop(struct pg_db *d, const char *name)
{
	buf_addf(&d->dropped, "deallocate \"%s\";", name);
}
