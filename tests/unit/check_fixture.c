#include "check_fixture.h"

#include "base/civil.h"
#include "engine_fixture.h"
#include "record/writer.h"
#include "sys/file.h"
#include "test.h"

#include <string.h>

enum { FIXTURE_MEMORY = 512 * 1024 * 1024, TEXT_LIMIT = 1024 * 1024, SHORT_MS = 300 };

static const char plan_yaml[] = "name: trial\n"
				"title: A trial\n"
				"version: \"1\"\n"
				"time_zone: Europe/London\n"
				"classification: [public, internal]\n"
				"parties: [{kind: integrator, key: home, name: Home}]\n"
				"waiver_roles: [judge]\n"
				"examples_at: \"2026-06-15T12:00:00Z\"\n"
				"examples_organisations: [{kind: integrator}]\n";
static const char roles_yaml[] = "roles:\n"
				 "  - {name: owner, title: Owner}\n"
				 "  - {name: judge, title: Judge}\n";
static const char parameters_yaml[] =
	"parameters:\n"
	"  - {name: feed_max_age, value: 35, unit: days, section: \"1\", origin: fixed, about: "
	"A.}\n"
	"  - {name: feed_max_age_person, value: 2, unit: days, section: \"1\", origin: fixed, "
	"about: A.}\n"
	"  - {name: assessment_max_age, value: 7, unit: days, section: \"1\", origin: fixed, "
	"about: A.}\n";

static void
file_put(struct check_fixture *f, const char *name, const char *text)
{
	struct err e = {0};

	CHECK(!file_save(file_join(&f->arena, f->folder, name), str_of(text), 0600, &e));
}

static void
plan_write(struct check_fixture *f, const char *obligations)
{
	CLEANUP(buf_fini) struct buf section = {.limit = TEXT_LIMIT};
	char folder[] = "/tmp/holdfast-check.XXXXXX";
	struct err e = {0};

	CHECK(mkdtemp(folder));
	f->folder = str_z(&f->arena, str_of(folder));
	CHECK(!file_make_folder(file_join(&f->arena, folder, "sections"), 0700, &e));
	file_put(f, "plan.yaml", plan_yaml);
	file_put(f, "roles.yaml", roles_yaml);
	file_put(f, "parameters.yaml", parameters_yaml);
	buf_addf(&section, "section: \"1\"\ntitle: First\nobligations:\n%s", obligations);
	file_put(f, "sections/1.yaml", section.data);
}

void
check_open(struct check_fixture *f, const char *obligations)
{
	struct model_source from = {.content = HOLDFAST_CONTENT};
	struct diags diags;
	struct err e = {0};

	*f = (struct check_fixture){0};
	arena_init(&f->arena, FIXTURE_MEMORY);
	diag_init(&diags, &f->arena);
	plan_write(f, obligations);
	from.plan = f->folder;
	if (model_load(&from, &f->arena, &diags, &f->model, &e))
		(void)fprintf(stderr, "%s: %s\n", e.where, e.message);
	CHECK(f->model);
	CHECK(!workspace_scratch(engine_store(), f->model, 1, &f->ws, &e));
	f->ctx = workspace_ctx(f->ws);
	check_at(f, "2026-06-01T00:00:00Z");
	f->home = check_put(f, "organisation", "home", 0, "name=Home|kind=integrator");
	f->away = check_put(f, "organisation", "away", 0, "name=Away|kind=member");
	check_at(f, "2026-06-10T12:00:00Z");
}

void
check_close(struct check_fixture *f)
{
	struct err e = {0};

	workspace_close(f->ws);
	CHECK(!file_remove_folder(f->folder, &e));
	arena_fini(&f->arena);
}

void
check_at(struct check_fixture *f, const char *instant)
{
	CHECK(civil_parse_instant(str_of(instant), &f->ctx->clock.fixed_ms));
}

enum err_code
check_try(struct check_fixture *f)
{
	const struct assess_options o = {.limit_ms = SHORT_MS};

	f->ctx->err = (struct err){0};
	return assess_run(f->ctx, &o, &f->last);
}

const struct assess_report *
check_assess(struct check_fixture *f)
{
	enum err_code rc = check_try(f);

	if (rc)
		(void)fprintf(stderr, "%s: %s\n", f->ctx->err.where, f->ctx->err.message);
	CHECK(!rc);
	return &f->last;
}

bool
check_settled(struct check_fixture *f)
{
	static const char written[] =
		"select case when l.subject < 1000000 then 'event' else 'record' end, l.version "
		"from ledger_leaf l order by l.idx desc limit 5";
	static const char leaves[] = "select count(*) from ledger_leaf";
	long before = strtol(check_ask(f, leaves), NULL, 10);
	long after;

	(void)check_assess(f);
	after = strtol(check_ask(f, leaves), NULL, 10);
	if (after == before + 1 && f->last.failures_opened == 0 && f->last.failures_fixed == 0)
		return true;
	(void)fprintf(stderr, "the second run adds %ld leaves: %s\n", after - before,
		      check_ask(f, written));
	return false;
}

static void
field_set(struct check_fixture *f, struct record *r, struct str name, struct str text)
{
	const struct field *at = reg_field(r->reg, name);
	struct value *v;
	struct err e = {0};

	if (str_is(name, "state")) {
		r->state = text;
		return;
	}
	if (!at)
		(void)fprintf(stderr, "no field '%.*s'\n", STR_ARG(name));
	CHECK(at);
	v = &r->values[at - r->reg->fields];
	if (value_parse(at, text, &f->arena, v, &e))
		(void)fprintf(stderr, "%s: %s\n", e.field, e.message);
	CHECK(!e.code);
	if (v->kind == VALUE_KEY) {
		*v = (struct value){.kind = VALUE_INT,
				    .number = record_id_of_name(f->model, v->text)};
		CHECK(v->number);
	}
}

int64_t
check_put(struct check_fixture *f, const char *reg, const char *key, int64_t organisation,
	  const char *fields)
{
	struct record r = record_blank(model_reg(f->model, str_of(reg)),
				       str_dup(&f->arena, str_of(key)), organisation, &f->arena);
	struct str rest = str_dup(&f->arena, str_of(fields));
	WRITER *w = NULL;
	enum written written;

	r.feed = str_of("test");
	while (rest.len > 0) {
		struct str value = str_cut(&rest, '|');
		struct str name = str_cut(&value, '=');

		field_set(f, &r, name, value);
	}
	CHECK(!writer_begin(f->ctx, &w));
	if (organisation)
		CHECK(!writer_find(w, &r, &r.id, NULL));
	if (!r.id)
		CHECK(!writer_new_id(w, r.reg, &r.id));
	if (!organisation)
		r.organisation = r.id;
	CHECK(!writer_put(w, &r, &written));
	CHECK(!writer_commit(w));
	return r.id;
}

void
check_retire(struct check_fixture *f, int64_t id)
{
	WRITER *w = NULL;

	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_retire(w, model_reg_of_id(f->model, id), id));
	CHECK(!writer_commit(w));
}

static void
rewrite(struct check_fixture *f, struct record *r)
{
	WRITER *w = NULL;
	enum written written;

	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_put(w, r, &written));
	CHECK(!writer_commit(w));
}

void
check_move(struct check_fixture *f, int64_t id, int64_t organisation)
{
	struct record r;

	CHECK(!record_load(f->ctx, id, &f->arena, &r));
	r.organisation = organisation;
	rewrite(f, &r);
}

void
check_state(struct check_fixture *f, int64_t id, const char *state)
{
	struct record r;

	CHECK(!record_load(f->ctx, id, &f->arena, &r));
	r.state = str_of(state);
	rewrite(f, &r);
}

int64_t
check_account(struct check_fixture *f, const char *key, bool enabled)
{
	CLEANUP(buf_fini) struct buf fields = {.limit = TEXT_LIMIT};

	buf_addf(&fields, "login=%s|enabled=%s", key, enabled ? "yes" : "no");
	return check_put(f, "account", key, f->home, fields.data);
}

const char *
check_ask(struct check_fixture *f, const char *sql)
{
	CLEANUP(buf_fini) struct buf out = {.limit = TEXT_LIMIT};
	DB_STMT *s = NULL;
	bool row;

	if (db_prepare(f->ctx->db, sql, &s, &f->ctx->err))
		(void)fprintf(stderr, "%s\n", f->ctx->err.message);
	CHECK(s);
	buf_addf(&out, "%s", "");
	while (!db_step(s, &row, &f->ctx->err) && row) {
		buf_addf(&out, "%s", out.len ? "; " : "");
		for (int i = 0; i < db_column_count(s); i++) {
			buf_addf(&out, "%s", i ? " " : "");
			if (db_is_null(s, i))
				buf_addf(&out, "-");
			else if (db_is_int(s, i))
				buf_addf(&out, "%lld", (long long)db_int(s, i));
			else
				buf_addf(&out, "%.*s", STR_ARG(db_text(s, i)));
		}
	}
	CHECK(!out.failed);
	return str_z(&f->arena, str_of(out.data));
}

bool
check_is(struct check_fixture *f, const char *sql, const char *expected)
{
	const char *found = check_ask(f, sql);

	if (strcmp(found, expected) == 0)
		return true;
	(void)fprintf(stderr, "%s\n  expected: %s\n  found:    %s\n", sql, expected, found);
	return false;
}

bool
check_cell(struct check_fixture *f, const char *obligation, int64_t organisation,
	   const char *expected)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = TEXT_LIMIT};

	buf_addf(&sql,
		 "select result, reason, tested, failing from cell where obligation = '%s' "
		 "and organisation = %lld order by period_from desc limit 1",
		 obligation, (long long)organisation);
	return check_is(f, sql.data, expected);
}
