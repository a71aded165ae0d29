#include "workspace_fixture.h"

#include "engine_fixture.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "test.h"

#include <string.h>
#include <unistd.h>

#define GOLDEN "tests/golden/records"

enum { FIXTURE_MEMORY = 256 * 1024 * 1024, SCRIPT_LIMIT = 1024 * 1024 };

static int64_t
organisation(struct workspace_fixture *f, const char *key)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->ctx->db, "select id from organisation where key = :key", &s,
			  &f->ctx->err));
	db_bind_text(s, 1, str_of(key));
	CHECK(!db_step(s, &row, &f->ctx->err) && row);
	return db_int(s, 0);
}

static void
attach(struct workspace_fixture *f)
{
	const struct workspace_options o = {.home = f->home};
	struct err e = {0};

	CHECK(!workspace_open(&o, DB_WRITE, &f->ws, &e));
	f->ctx = workspace_ctx(f->ws);
}

/* Does something to each table of the store on the server. */
static void
each_table(struct buf *sql, const char *what)
{
	buf_addf(sql,
		 "do $all$ declare t record; begin for t in select c.relname as name from pg_class "
		 "c where c.relnamespace = 'holdfast'::regnamespace and c.relkind = 'r' loop "
		 "execute format('%s', t.name); end loop; end $all$;",
		 what);
}

static void
server_does(const struct buf *sql)
{
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	CHECK(!sql->failed);
	CHECK(!db_open(engine_store(), DB_WRITE, &db, &e));
	engine_does(db, sql->data);
}

#define GUARDS_AWAY "alter table holdfast.%1$I disable trigger user"
#define GUARDS_BACK "alter table holdfast.%1$I enable trigger user"

/* There is one copy, and the words of SQLite with it. */
static void
server_copy(void)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SCRIPT_LIMIT};
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	buf_addf(&sql, "drop schema if exists \"copy\" cascade; create schema \"copy\";");
	each_table(&sql, "create table \"copy\".%1$I as table holdfast.%1$I");
	server_does(&sql);
	CHECK(!db_open(engine_store(), DB_WRITE, &db, &e));
	engine_speak_sqlite(db);
}

static void
server_restore(void)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SCRIPT_LIMIT};

	each_table(&sql, GUARDS_AWAY);
	each_table(&sql, "delete from holdfast.%1$I");
	each_table(&sql, "insert into holdfast.%1$I select * from \"copy\".%1$I");
	each_table(&sql, GUARDS_BACK);
	server_does(&sql);
}

static void
server_forget(void)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SCRIPT_LIMIT};

	buf_addf(&sql, "drop schema if exists \"copy\" cascade");
	server_does(&sql);
}

static void
party(struct workspace_fixture *f, const char *key, const char *kind)
{
	struct record r = kept_record(f, "organisation", key);

	kept_set(f, &r, "name", key);
	kept_set(f, &r, "kind", kind);
	(void)kept_put(f, &r);
}

void
kept_open(struct workspace_fixture *f)
{
	struct workspace_options o = {.content = GOLDEN, .plan = GOLDEN "/plan"};
	struct workspace_report report = {.changes = {.limit = SCRIPT_LIMIT}};
	char folder[] = "/tmp/holdfast-unit.XXXXXX";
	struct diags diags;
	struct err e = {0};

	*f = (struct workspace_fixture){0};
	arena_init(&f->arena, FIXTURE_MEMORY);
	diag_init(&diags, &f->arena);
	CHECK(mkdtemp(folder) != NULL);
	f->folder = str_z(&f->arena, str_of(folder));
	f->home = file_join(&f->arena, f->folder, "home");
	o.home = f->home;
	if (engine_is_server()) {
		engine_clear();
		o.store = engine_store();
	}
	CHECK(!workspace_init(&o, &diags, &report, &e));
	buf_fini(&report.changes);
	attach(f);
	party(f, "alpha", "integrator");
	party(f, "beta", "member");
	f->alpha = organisation(f, "alpha");
	f->beta = organisation(f, "beta");
}

void
kept_close(struct workspace_fixture *f)
{
	struct err e = {0};

	workspace_close(f->ws);
	if (engine_is_server()) {
		server_forget();
		engine_clear();
	}
	CHECK(!file_remove_folder(f->folder, &e));
	arena_fini(&f->arena);
}

void
kept_leave(struct workspace_fixture *f)
{
	workspace_close(f->ws);
	f->ws = NULL;
	f->ctx = NULL;
}

void
kept_reopen(struct workspace_fixture *f)
{
	workspace_close(f->ws);
	attach(f);
}

static void
command(struct workspace_fixture *f, const char *const *argv)
{
	struct proc_result result;
	struct err e = {0};

	CHECK(!proc_run(argv, &f->arena, &result, &e));
	CHECK(result.status == 0);
}

const char *
kept_copy(struct workspace_fixture *f, const char *name)
{
	const char *to = file_join(&f->arena, f->folder, name);
	const char *const argv[] = {"cp", "-R", f->home, to, NULL};

	/* Closing empties the log beside the database. */
	workspace_close(f->ws);
	if (engine_is_server())
		server_copy();
	else
		command(f, argv);
	attach(f);
	return to;
}

void
kept_restore(struct workspace_fixture *f, const char *copy)
{
	const char *const away[] = {"rm", "-rf", f->home, NULL};
	const char *const back[] = {"cp", "-R", copy, f->home, NULL};

	workspace_close(f->ws);
	if (engine_is_server()) {
		server_restore();
	} else {
		command(f, away);
		command(f, back);
	}
	attach(f);
}

struct record
kept_record(struct workspace_fixture *f, const char *reg, const char *key)
{
	const struct reg *r = model_reg(f->ctx->model, str_of(reg));

	CHECK(r);
	return (struct record){
		.reg = r,
		.key = str_of(key),
		.feed = str_of("test"),
		.organisation = f->alpha,
		.values = arena_alloc(&f->arena, (r->field_count + 1) * sizeof(struct value))};
}

static void
resolve(struct workspace_fixture *f, struct value *v)
{
	size_t items = v->kind == VALUE_ITEMS ? v->count * (size_t)v->number : 0;

	for (size_t i = 0; i < items; i++)
		resolve(f, &v->items[i]);
	if (v->kind != VALUE_KEY)
		return;
	*v = (struct value){.kind = VALUE_INT, .number = record_id_of_name(f->ctx->model, v->text)};
	CHECK(v->number != 0);
}

void
kept_set(struct workspace_fixture *f, struct record *r, const char *field, const char *text)
{
	const struct field *at = reg_field(r->reg, str_of(field));
	struct value *v;
	struct err e = {0};

	CHECK(at);
	v = &r->values[at - r->reg->fields];
	CHECK(!value_parse(at, str_of(text), &f->arena, v, &e));
	resolve(f, v);
}

int64_t
kept_put(struct workspace_fixture *f, struct record *r)
{
	WRITER *w = NULL;
	enum written written;

	CHECK(!writer_begin(f->ctx, &w));
	if (!r->id)
		CHECK(!writer_new_id(w, r->reg, &r->id));
	if (!r->organisation)
		r->organisation = r->id;
	CHECK(!writer_put(w, r, &written));
	CHECK(!writer_commit(w));
	return r->id;
}

void
kept_retire(struct workspace_fixture *f, int64_t id)
{
	WRITER *w = NULL;

	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_retire(w, model_reg_of_id(f->ctx->model, id), id));
	CHECK(!writer_commit(w));
}

void
kept_event(struct workspace_fixture *f, const char *kind, const char *detail)
{
	WRITER *w = NULL;

	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_event(w, kind, str_of(detail)));
	CHECK(!writer_commit(w));
}

static const char *const full[][2] = {
	{"note",	 "a text"						   },
	{"size",	 "-12"						      },
	{"price",	  "12.345"						   },
	{"used",	 "yes"						      },
	{"bought_on", "2026-03-01"					       },
	{"seen_at",   "2026-03-01T12:00:00Z"					  },
	{"kind",	 "one"						      },
	{"colours",   "blue;green"					       },
	{"paper",	  "a.pdf"						    },
	{"lines",	  "[{\"text\":\"first\",\"number\":1},{\"text\":\"second\"}]"},
};

void
kept_fill(struct workspace_fixture *f)
{
	struct record one = kept_record(f, "item", "one");
	struct record two = kept_record(f, "item", "two");
	struct record gone = kept_record(f, "item", "gone");
	struct record dossier = kept_record(f, "dossier", "d");

	for (size_t i = 0; i < COUNT_OF(full); i++) {
		kept_set(f, &one, full[i][0], full[i][1]);
		kept_set(f, &two, full[i][0], full[i][1]);
	}
	(void)kept_put(f, &one);
	two.organisation = f->beta;
	two.state = str_of("open");
	kept_set(f, &two, "parent", "ITM-1");
	kept_set(f, &two, "parts", "ITM-1;ITM-1");
	(void)kept_put(f, &two);
	one.state = str_of("closed");
	kept_set(f, &one, "note", "another text");
	kept_set(f, &one, "parent", "ITM-2");
	kept_set(f, &one, "parts", "ITM-2;ITM-1");
	kept_set(f, &one, "lines",
		 "[{\"text\":\"x\"},{\"number\":2,\"subject\":\"ITM-2\"},{\"text\":\"z\"}]");
	(void)kept_put(f, &one);
	kept_retire(f, kept_put(f, &gone));
	kept_set(f, &dossier, "subject", "somebody");
	kept_set(f, &dossier, "steps", "[{\"text\":\"asked\"}]");
	(void)kept_put(f, &dossier);
	kept_set(f, &dossier, "subject", "somebody else");
	(void)kept_put(f, &dossier);
	kept_event(f, "report_issued", "{\"report\":\"monthly\"}");
}

const char *
kept_ask(struct workspace_fixture *f, const char *sql)
{
	const char *db = file_join(&f->arena, f->home, "holdfast.db");
	const char *const argv[] = {"sqlite3", "-bail", db, sql, NULL};
	struct proc_result result;
	struct err e = {0};

	CHECK(!proc_run(argv, &f->arena, &result, &e));
	CHECK(result.status == 0);
	return str_z(&f->arena, result.out);
}

static void
tamper(struct workspace_fixture *f, const char *sql, bool restore)
{
	CLEANUP(buf_fini) struct buf script = {.limit = SCRIPT_LIMIT};
	const char *drops;
	const char *guards;

	if (engine_is_server()) {
		each_table(&script, GUARDS_AWAY);
		buf_addf(&script, "%s;", sql);
		if (restore)
			each_table(&script, GUARDS_BACK);
		server_does(&script);
		return;
	}
	drops = kept_ask(f, "select 'drop trigger \"' || name || '\";' "
			    "from sqlite_master where type = 'trigger'");
	guards = kept_ask(f, "select sql || ';' from sqlite_master where type = 'trigger'");

	buf_addf(&script, "begin;%s%s;%s;commit", drops, sql, restore ? guards : "");
	CHECK(!script.failed);
	(void)kept_ask(f, script.data);
}

void
kept_tamper(struct workspace_fixture *f, const char *sql)
{
	tamper(f, sql, true);
}

void
kept_tamper_unguarded(struct workspace_fixture *f, const char *sql)
{
	tamper(f, sql, false);
}

static void
on_fault(void *object, const struct verify_fault *f)
{
	struct verdict *v = object;
	struct verdict_fault *out = &v->faults[v->count];

	if (v->count < VERDICT_FAULTS) {
		(void)snprintf(out->what, sizeof(out->what), "%s", f->what);
		(void)snprintf(out->record, sizeof(out->record), "%s", f->record);
		(void)snprintf(out->reg, sizeof(out->reg), "%s", f->reg);
		(void)snprintf(out->organisation, sizeof(out->organisation), "%s", f->organisation);
		(void)snprintf(out->message, sizeof(out->message), "%s", f->message);
		out->version = f->version;
		out->index = f->index;
	}
	v->count++;
}

struct verdict
kept_verify(struct workspace_fixture *f, const struct verify_options *o)
{
	struct verify_options all = o ? *o : (struct verify_options){0};
	struct verdict v = {0};

	all.found = on_fault;
	all.object = &v;
	CHECK(!record_verify(f->ctx, &all, &v.all));
	CHECK(v.all.faults == v.count);
	return v;
}

const struct verdict_fault *
verdict_find(const struct verdict *v, const char *what, const char *record)
{
	for (size_t i = 0; i < v->count && i < VERDICT_FAULTS; i++) {
		if (strcmp(v->faults[i].what, what) == 0 &&
		    strcmp(v->faults[i].record, record) == 0)
			return &v->faults[i];
	}
	(void)fprintf(stderr, "no fault '%s' about '%s' among %zu\n", what, record, v->count);
	for (size_t i = 0; i < v->count && i < VERDICT_FAULTS; i++)
		(void)fprintf(stderr, "  %s '%s': %s\n", v->faults[i].what, v->faults[i].record,
			      v->faults[i].message);
	return NULL;
}
