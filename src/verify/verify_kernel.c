#include "verify/verify_priv.h"

#include "base/limits.h"
#include "record/writer.h"

#include <stdlib.h>

static enum err_code
guard_check(struct verifier *v, const struct table *t)
{
	struct subject s = {.what = "guard", .index = -1};
	struct err fault;
	enum err_code rc = schema_check_guards(v->ctx->db, t, &fault);

	if (rc == ERR_FAILED)
		verify_report(v, &s, "%s", fault.message);
	else if (rc)
		v->ctx->err = fault;
	return rc == ERR_FAILED ? ERR_NONE : rc;
}

static enum err_code
table_check(struct verifier *v, const struct table *t)
{
	struct subject s = {.what = "table", .index = -1};
	struct err fault;
	enum err_code rc = schema_check_table(v->ctx->db, t, &fault);

	if (rc == ERR_FAILED || rc == ERR_MISSING)
		verify_report(v, &s, "%s", fault.message);
	else if (rc)
		v->ctx->err = fault;
	v->tables_missing += rc == ERR_MISSING;
	return rc == ERR_FAILED || rc == ERR_MISSING ? ERR_NONE : rc;
}

static enum err_code
register_tables(struct verifier *v, const struct reg *r,
		enum err_code (*check)(struct verifier *v, const struct table *t))
{
	enum err_code rc = check(v, r->table);

	if (!rc)
		rc = check(v, r->history);
	for (size_t i = 0; !rc && i < r->field_count; i++) {
		if (!r->fields[i].table)
			continue;
		rc = check(v, r->fields[i].table);
		if (!rc)
			rc = check(v, r->fields[i].history_table);
	}
	return rc;
}

static enum err_code
each_table(struct verifier *v, enum err_code (*check)(struct verifier *v, const struct table *t))
{
	const struct model *m = v->ctx->model;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < ledger_table_count; i++)
		rc = check(v, &ledger_tables[i]);
	for (size_t i = 0; !rc && i < kernel_table_count; i++)
		rc = check(v, &kernel_tables[i]);
	for (size_t i = 0; !rc && i < m->reg_count; i++)
		rc = register_tables(v, m->regs[i], check);
	return rc;
}

enum err_code
verify_guards(struct verifier *v)
{
	return each_table(v, guard_check);
}

enum err_code
verify_tables(struct verifier *v)
{
	return each_table(v, table_check);
}

/* Room for one more element of `size` bytes after `count`; doubles. */
static enum err_code
room(struct verifier *v, void **array, size_t count, size_t size)
{
	void *more;

	if (count > 0 && (count < 64 || (count & (count - 1)) != 0))
		return ERR_NONE;
	more = realloc(*array, (count < 64 ? 64 : count * 2) * size);
	if (!more)
		return err_set(&v->ctx->err, ERR_INTERNAL, "", "no memory to verify");
	*array = more;
	return ERR_NONE;
}

enum err_code
verify_actors_load(struct verifier *v)
{
	DB_STMT *s = NULL;
	void *actors = NULL;
	enum err_code rc =
		db_prepare(v->ctx->db, "select id, name from actor order by id", &s, &v->ctx->err);
	bool row;

	while (!rc && !(rc = db_step(s, &row, &v->ctx->err)) && row) {
		rc = room(v, &actors, v->actor_count, sizeof(*v->actors));
		v->actors = actors;
		if (!rc)
			v->actors[v->actor_count++] =
				(struct actor){db_int(s, 0), str_dup(v->ctx->arena, db_text(s, 1))};
	}
	return rc;
}

enum err_code
verify_sealed_load(struct verifier *v)
{
	DB_STMT *s = NULL;
	void *sealed = NULL;
	enum err_code rc = db_prepare(
		v->ctx->db, "select previous, id, recorded_at from ledger_checkpoint order by id",
		&s, &v->ctx->err);
	bool row;

	while (!rc && !(rc = db_step(s, &row, &v->ctx->err)) && row) {
		rc = room(v, &sealed, v->sealed_count, sizeof(*v->sealed));
		v->sealed = sealed;
		if (!rc)
			v->sealed[v->sealed_count++] =
				(struct sealed){db_int(s, 0), db_int(s, 1), db_int(s, 2), false};
	}
	return rc;
}

static int
sealed_order(const void *index, const void *sealed)
{
	int64_t i = *(const int64_t *)index;
	const struct sealed *s = sealed;

	return i < s->from ? -1 : i >= s->to;
}

void
verify_time(struct verifier *v, int64_t index, int64_t recorded)
{
	struct subject about = {.what = "checkpoint_time", .index = -1};
	struct sealed *s = v->sealed_count ? &v->sealed[v->sealed_last] : NULL;

	if (s && sealed_order(&index, s) != 0)
		s = bsearch(&index, v->sealed, v->sealed_count, sizeof(*s), sealed_order);
	/* That a checkpoint is missing was said. */
	if (!s)
		return;
	v->sealed_last = (size_t)(s - v->sealed);
	if (s->at == recorded || s->told)
		return;
	s->told = true;
	verify_report(v, &about,
		      "the checkpoint of size %lld gives another time than what it sealed was "
		      "recorded at: its recorded_at was altered",
		      (long long)s->to);
}

static int
actor_order(const void *id, const void *actor)
{
	int64_t a = *(const int64_t *)id;
	int64_t b = ((const struct actor *)actor)->id;

	return a < b ? -1 : a > b;
}

struct str
verify_actor(struct verifier *v, int64_t id, const struct subject *s)
{
	const struct actor *a = NULL;
	struct subject named = *s;

	if (v->actor_count > 0)
		a = bsearch(&id, v->actors, v->actor_count, sizeof(*v->actors), actor_order);
	if (a)
		return a->name;
	named.what = "actor";
	verify_report(v, &named,
		      "was recorded by actor %lld, who is unknown: the row, or the table of "
		      "actors, was altered",
		      (long long)id);
	return (struct str){0};
}

enum err_code
verify_counter(struct verifier *v, const struct reg *r, int64_t highest)
{
	struct subject s = {.what = "counter", .index = -1};
	DB_STMT *next = NULL;
	bool row;
	enum err_code rc = db_prepare(v->ctx->db, "select next from counter where id = :id", &next,
				      &v->ctx->err);

	if (rc)
		return rc;
	db_bind_int(next, 1, r->code);
	rc = db_step(next, &row, &v->ctx->err);
	if (rc)
		return rc;
	if (highest > 0 && (!row || db_int(next, 0) <= highest))
		verify_report(v, &s,
			      "the counter of register '%s' would give out %s-%lld, but numbers up "
			      "to %lld are in use: it was set back",
			      r->name, r->prefix, row ? (long long)db_int(next, 0) : 1LL,
			      (long long)highest);
	return ERR_NONE;
}
