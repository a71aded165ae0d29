#include "store/pg_priv.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The second wall between organisations, below all code.
 *
 * Each register's table, with its history and lists, has a policy: rows of an organisation are seen
 * by a session that was told that it serves this organisation. The store's owner is not held by
 * policies, so a connection that serves a user is none of the owner's: it logs in as another role,
 * DATABASE_user, which owns nothing and may only read. What it serves stands in a setting, which
 * any session may change; so it is signed, with a secret that only the owner can read, for this one
 * session. What is not signed serves nobody.
 *
 * Checks of a plan run as the role DATABASE_check, which may only read, and reads everything but
 * secrets. */

enum { STATEMENT_LIMIT = 65536, SEEN_LIMIT = 1048576 };

static enum err_code
run(struct pg_db *d, const struct buf *sql, struct err *e)
{
	return sql->failed ? err_set(e, ERR_INTERNAL, "", "no memory for a statement")
			   : pg_exec(&d->base, sql->data, e);
}

enum err_code
pg_add_wall(struct db *db, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};
	struct pg_db *d = pg_of(db);

	buf_addf(&sql,
		 "create table if not exists wall_secret (secret bytea not null); "
		 "insert into wall_secret select sha256(convert_to(concat(gen_random_uuid(), "
		 "gen_random_uuid()), 'UTF8')) where not exists (select from wall_secret); "
		 "create or replace function wall_sees() returns bigint[] language plpgsql stable "
		 "security definer set search_path = pg_catalog, pg_temp as $wall$ "
		 "declare said text[]; key bytea; begin "
		 "said := regexp_match(current_setting('holdfast.sees', true), "
		 "'^(([0-9]+) ([{][0-9,]*[}])) ([0-9a-f]{64})$'); "
		 "if said is null or said[2] <> pg_backend_pid()::text then return '{}'; end if; "
		 "select s.secret into key from \"%s\".wall_secret s; "
		 "if said[4] <> encode(sha256(key || sha256(key || convert_to(said[1], 'UTF8'))), "
		 "'hex') then return '{}'; end if; "
		 "return said[3]::bigint[]; end $wall$",
		 d->schema);
	return run(d, &sql, e);
}

void
pg_wall_text(const struct table *t, struct buf *sql)
{
	if (!t->held && !t->held_by)
		return;
	buf_addf(sql, "; alter table \"%s\" enable row level security; create policy wall on ",
		 t->name);
	buf_addf(sql, "\"%s\" using (", t->name);
	if (t->held)
		buf_addf(sql, "organisation = any (cast((select wall_sees()) as bigint[])))");
	else
		buf_addf(sql, "exists (select from \"%s\" h where h.id = \"%s\".record%s%s%s))",
			 t->held_by, t->name, t->held_by_version ? " and h.row_version = \"" : "",
			 t->held_by_version ? t->name : "",
			 t->held_by_version ? "\".row_version" : "");
}

/* Roles belong to all databases of a server, so their names begin with the database's. */
static const char roles_make[] =
	"do $roles$ declare checks text := current_database() || '_check'; "
	"users text := current_database() || '_user'; own text := current_schema(); t record; "
	"begin "
	"if (select r.rolcreaterole or r.rolsuper from pg_roles r where r.rolname = current_user) "
	"then "
	"if not exists (select from pg_roles r where r.rolname = checks) then "
	"execute format('create role %I nologin', checks); end if; "
	"if not exists (select from pg_roles r where r.rolname = users) then "
	"execute format('create role %I login', users); end if; "
	"execute format('alter role %I password %L', users, (select encode(sha256('login' || "
	"s.secret), 'hex') from wall_secret s)); "
	"if not pg_has_role(checks, 'member') then "
	"execute format('grant %I to %I', checks, current_user); end if; "
	"if not pg_has_role(users, 'member') then "
	"execute format('grant %I to %I', users, current_user); end if; end if; "
	"if (select count(*) from pg_roles r where r.rolname in (checks, users)) < 2 then return; "
	"end if; "
	"execute format('grant usage on schema %I to %I, %I', own, checks, users); "
	"for t in select c.oid, c.relname, exists (select from pg_policy p where p.polrelid = "
	"c.oid and "
	"p.polname = 'wall') as walled, exists (select from pg_policy p where p.polrelid = c.oid "
	"and "
	"p.polname = 'wall_check') as checked from pg_class c where c.relnamespace = "
	"own::regnamespace and c.relkind = 'r' and c.relname not in ('login', "
	"'login_session', 'login_failure', 'login_totp', 'login_code', 'login_token', "
	"'login_link', 'login_key', 'login_challenge', 'kept_reply', "
	"'login_directory', 'login_past_name', 'login_identity', "
	"'job', 'job_pulse', 'job_part', "
	"'wall_secret') loop "
	"if not has_table_privilege(checks, t.oid, 'select') then "
	"execute format('grant select on %I.%I to %I', own, t.relname, checks); end if; "
	"if (t.walled or t.relname in ('meta', 'actor', 'plan_version', 'plan_file', "
	"'ledger_leaf', 'ledger_tile', 'ledger_checkpoint')) "
	"and not has_table_privilege(users, t.oid, 'select') then "
	"execute format('grant select on %I.%I to %I', own, t.relname, users); end if; "
	"if t.walled and not t.checked then "
	"execute format('create policy wall_check on %I.%I for select to %I using (true)', own, "
	"t.relname, checks); end if; end loop; end $roles$";

enum err_code
pg_roles(struct db *db, bool *ret_made, struct err *e)
{
	DB_STMT *s = NULL;
	DB_TXN txn = {0};
	bool row;
	enum err_code rc = db_begin(db, &txn, e);

	if (!rc)
		rc = pg_exec(db, roles_make, e);
	if (!rc)
		rc = db_prepare(db,
				"select count(*) from pg_roles r where r.rolname in "
				"(current_database() || '_check', current_database() || '_user') "
				"and pg_has_role(r.oid, 'member')",
				&s, e);
	if (!rc)
		rc = db_step(s, &row, e);
	if (rc)
		return rc;
	*ret_made = db_int(s, 0) == 2;
	db_reset(s);
	return db_commit(&txn, e);
}

enum err_code
pg_check_role(struct pg_db *d, struct err *e)
{
	return pg_exec(&d->base,
		       "do $role$ declare checks text := current_database() || '_check'; begin "
		       "if exists (select from pg_roles r where r.rolname = checks and "
		       "pg_has_role(r.oid, 'member')) and has_schema_privilege(checks, "
		       "current_schema(), 'usage') then "
		       "execute format('set local role %I', checks); end if; end $role$",
		       e);
}

static enum err_code
secret_read(struct pg_db *d, struct err *e)
{
	DB_STMT *s = NULL;
	bool row = false;
	struct str secret = {0};
	enum err_code rc = db_prepare(&d->base, "select secret from wall_secret", &s, e);

	if (!rc)
		rc = db_step(s, &row, e);
	if (!rc && row)
		secret = db_text(s, 0);
	if (!rc && secret.len != sizeof(d->secret))
		rc = err_set(e, ERR_INVALID, "", "the store's secret for its roles is damaged");
	if (rc)
		return rc;
	memcpy(d->secret, secret.ptr, sizeof(d->secret));
	d->has_secret = true;
	return ERR_NONE;
}

enum err_code
pg_wall_password(const struct pg_db *d, char out[HASH_HEX_LEN + 1], struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	struct hash hash;
	enum err_code rc = hasher_new(&h, e);

	if (rc)
		return rc;
	hasher_begin(h);
	hasher_add(h, "login", 5);
	hasher_add(h, d->secret, sizeof(d->secret));
	hash = hasher_end(h);
	hash_hex(&hash, out);
	return ERR_NONE;
}

enum err_code
pg_wall_tell(struct pg_db *d, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	CLEANUP(buf_fini) struct buf said = {.limit = SEEN_LIMIT};
	CLEANUP(buf_fini) struct buf sql = {.limit = SEEN_LIMIT};
	char hex[HASH_HEX_LEN + 1];
	struct hash hash;
	enum err_code rc;

	if (d->told && strcmp(d->told, d->sees) == 0)
		return ERR_NONE;
	rc = hasher_new(&h, e);
	if (rc)
		return rc;
	free(d->told);
	d->told = NULL;
	buf_addf(&said, "%d %s", PQbackendPID(d->conn), d->sees);
	if (said.failed)
		return err_set(e, ERR_TOO_BIG, "", "too many organisations to be seen");
	hasher_begin(h);
	hasher_add(h, d->secret, sizeof(d->secret));
	hasher_add(h, said.data, said.len);
	hash = hasher_end(h);
	hasher_begin(h);
	hasher_add(h, d->secret, sizeof(d->secret));
	hasher_add(h, hash.bytes, sizeof(hash.bytes));
	hash = hasher_end(h);
	hash_hex(&hash, hex);
	buf_addf(&sql, "set holdfast.sees = '%s %s'", said.data, hex);
	rc = run(d, &sql, e);
	if (!rc)
		d->told = strdup(d->sees);
	return rc;
}

static char *
organisations_text(const int64_t *organisations, size_t count)
{
	struct buf text = {.limit = SEEN_LIMIT / 2};
	char *copy;

	buf_addf(&text, "{");
	for (size_t i = 0; i < count; i++)
		buf_addf(&text, "%s%lld", i ? "," : "", (long long)organisations[i]);
	buf_addf(&text, "}");
	copy = text.failed ? NULL : strdup(text.data);
	buf_fini(&text);
	return copy;
}

static void
sessions_change(struct pg_db *d)
{
	const struct pg_aside before = d->aside;

	d->aside = (struct pg_aside){.conn = d->conn,
				     .generation = d->generation,
				     .timeout_ms = d->timeout_ms,
				     .dropped = d->dropped,
				     .idle = d->base.idle};
	d->conn = before.conn;
	d->generation = before.generation;
	d->timeout_ms = before.timeout_ms;
	d->dropped = before.dropped;
	d->base.idle = before.idle;
}

/* A session has one role for as long as it lasts. */
static enum err_code
turn_into(struct pg_db *d, bool serves, struct err *e)
{
	struct err none;
	enum err_code rc;

	if (d->serves != serves) {
		/* One that was lost is opened again when its turn comes. */
		(void)pg_stop_ahead(d, &none);
		sessions_change(d);
	}
	d->serves = serves;
	rc = d->conn ? pg_ready(d, e) : pg_reconnect(d, e);
	if (!rc && serves)
		rc = pg_wall_tell(d, e);
	if (rc == ERR_DENIED && serves)
		return err_set(e, ERR_DENIED, "store",
			       "the server does not let in the role that serves users; 'holdfast "
			       "init' says what an administrator has to do");
	return rc;
}

enum err_code
pg_see(struct db *db, const int64_t *organisations, size_t count, struct err *e)
{
	struct pg_db *d = pg_of(db);
	enum err_code rc = d->has_secret ? ERR_NONE : secret_read(d, e);
	char *sees;

	if (rc)
		return rc;
	sees = organisations_text(organisations, count);
	if (!sees)
		return err_set(e, ERR_TOO_BIG, "", "too many organisations to be seen");
	free(d->sees);
	d->sees = sees;
	return turn_into(d, true, e);
}

enum err_code
pg_see_all(struct db *db, struct err *e)
{
	return turn_into(pg_of(db), false, e);
}
