#include "access/grant.h"
#include "access/holding.h"
#include "intake/extract.h"
#include "intake_fixture.h"
#include "list/list.h"
#include "record/resolve.h"
#include "test.h"

#include <string.h>

/* Records that somebody sees, which refer to records that he does not see: what is told of those.
 */

struct sights {
	struct store_fixture f;
	struct who_role role;
	struct who who;
	struct buf text;
};

static int64_t
person_put(struct store_fixture *f, const char *key, int64_t organisation)
{
	struct record r = store_record(f, "person", key);

	store_set(f, &r, "name", key);
	r.organisation = organisation;
	return store_put(f, &r);
}

static void
account_put(struct store_fixture *f, const char *key, int64_t person)
{
	struct record r = store_record(f, "account", key);

	store_set(f, &r, "login", key);
	record_set_int(&r, "person", person);
	(void)store_put(f, &r);
}

static enum err_code
no_note(void *object, const char *kind, struct str detail, struct err *e)
{
	(void)object;
	(void)kind;
	(void)detail;
	(void)e;
	return ERR_NONE;
}

/* Accounts a, b and c of `home`: a is zed's and b is abe's, both elsewhere, and c is mia's. */
static void
sights_open(struct sights *s)
{
	struct store_fixture *f = &s->f;

	*s = (struct sights){.text = {.limit = 1024 * 1024}};
	store_open(f);
	account_put(f, "a", person_put(f, "zed", f->away));
	account_put(f, "b", person_put(f, "abe", f->away));
	account_put(f, "c", person_put(f, "mia", f->home));
	s->role = (struct who_role){.role = model_role(f->model, str_of("service_manager")),
				    .organisation = f->home};
	s->who = (struct who){.model = f->model,
			      .roles = &s->role,
			      .role_count = 1,
			      .writes = true,
			      .all_registers = true};
	f->ctx->who = &s->who;
	f->ctx->note = (struct ctx_note){no_note, NULL};
}

static void
sights_close(struct sights *s)
{
	buf_fini(&s->text);
	store_close(&s->f);
}
#define SIGHTS CLEANUP(sights_close) struct sights

/* "a= b=abe": the accounts in their order, with the key of their person as it is shown. */
static const char *
accounts(struct sights *s, const char *sort)
{
	struct list_question q = {.reg = store_reg(&s->f, "account"),
				  .fields = str_of("key,person"),
				  .sort = str_of(sort),
				  .limit = 1};
	struct list_page p;

	s->text.len = 0;
	do {
		struct str key;

		CHECK(!list_read(s->f.ctx, &q, &p) && p.total == 3);
		key = list_key(&p, p.rows[0].cells[1].number);
		buf_addf(&s->text, "%s%.*s=%.*s", s->text.len ? " " : "",
			 STR_ARG(p.rows[0].cells[0].text), STR_ARG(key));
		q.after = p.next;
	} while (q.after.ptr);
	return s->text.data;
}

TEST(sights_a_list_neither_shows_nor_is_sorted_by_keys_that_are_not_seen)
{
	SIGHTS s;

	sights_open(&s);
	CHECK(strcmp(accounts(&s, "key"), "a= b= c=mia") == 0);
	CHECK(strcmp(accounts(&s, "person"), "c=mia a= b=") == 0);
	s.f.ctx->who = NULL;
	CHECK(strcmp(accounts(&s, "person"), "b=abe c=mia a=zed") == 0);
}

TEST(sights_what_refers_to_a_record_is_counted_of_what_is_seen)
{
	SIGHTS s;
	struct record r;
	const struct list_related *all = NULL;
	int64_t joe, zoe;
	size_t count = 0;

	sights_open(&s);
	s.f.ctx->who = NULL;
	joe = person_put(&s.f, "joe", s.f.home);
	zoe = person_put(&s.f, "zoe", s.f.away);
	account_put(&s.f, "joe", joe);
	r = store_record(&s.f, "account", "theirs");
	store_set(&s.f, &r, "login", "theirs");
	record_set_int(&r, "person", joe);
	r.organisation = s.f.away;
	(void)store_put(&s.f, &r);
	r = store_record(&s.f, "personnel_case", "secret");
	record_set_int(&r, "person", joe);
	(void)store_put(&s.f, &r);
	s.f.ctx->who = &s.who;
	CHECK(!list_related(s.f.ctx, joe, &all, &count) && count == 1);
	CHECK(strcmp(all[0].reg->name, "account") == 0 && all[0].total == 1);
	CHECK(list_related(s.f.ctx, zoe, &all, &count) == ERR_MISSING);
	s.f.ctx->who = NULL;
	CHECK(!list_related(s.f.ctx, joe, &all, &count) && count == 2);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].total == (strcmp(all[i].reg->name, "account") == 0 ? 2 : 1));
}

static enum err_code
keep(void *object, struct str bytes, struct err *e)
{
	(void)e;
	buf_add(object, bytes.ptr, bytes.len);
	return ERR_NONE;
}

TEST(sights_an_export_writes_no_key_that_is_not_seen)
{
	SIGHTS s;
	struct extract_options o = {.format = DELIVERY_CSV};
	int64_t rows;

	sights_open(&s);
	o.reg = store_reg(&s.f, "account");
	CHECK(!extract_run(s.f.ctx, &o, (struct extract_sink){keep, &s.text}, &rows) && rows == 3);
	CHECK(strstr(s.text.data, "mia") && strstr(s.text.data, "PER-1"));
	CHECK(!strstr(s.text.data, "zed") && !strstr(s.text.data, "abe"));
}

static const char *
refusal(struct sights *s, const char *key)
{
	const struct reg *account = store_reg(&s->f, "account");
	struct record r = store_record(&s->f, "account", "x");
	CLEANUP(resolver_freep) struct resolver *rs = NULL;
	int64_t id;

	CHECK(!resolver_new(s->f.ctx, NULL, &rs));
	CHECK(resolve_key(rs, &r, reg_field(account, str_of("person")), str_of(key), &id) ==
	      ERR_INVALID);
	return s->f.ctx->err.message;
}

TEST(sights_a_reference_to_what_is_not_seen_is_refused_as_to_what_is_not_there)
{
	SIGHTS s;

	sights_open(&s);
	CHECK(strcmp(refusal(&s, "zed"), "there is no person 'zed' now") == 0);
	/* Nothing near is proposed, as it may be of others. */
	CHECK(strcmp(refusal(&s, "zedd"), "there is no person 'zedd' now") == 0);
	CHECK(strcmp(refusal(&s, "away/zed"), "there is no person 'away/zed' now") == 0);
	s.f.ctx->who = NULL;
	CHECK(strstr(refusal(&s, "zedd"), "did you mean 'zed'?"));
}

static bool
gives_all(struct store_fixture *f, int64_t holder)
{
	const struct role *role = model_role(f->model, str_of("auditor"));
	const struct holdings *all;

	CHECK(!holdings_load(f->ctx->db, f->model, &f->arena, &all, &f->ctx->err));
	return holding_of(all, role, holder, &f->arena).all;
}

TEST(sights_whoever_becomes_an_integrator_later_gives_no_role_that_sees_all)
{
	STORE f;
	struct record r;

	store_open(&f);
	CHECK(gives_all(&f, f.home) && !gives_all(&f, f.away));
	/* Nor does a member that says so of itself, */
	r = store_record(&f, "organisation", "away");
	r.id = r.organisation = f.away;
	r.feed = str_of("plan");
	store_set(&f, &r, "name", "away");
	store_set(&f, &r, "kind", "integrator");
	(void)store_put(&f, &r);
	CHECK(gives_all(&f, f.home) && !gives_all(&f, f.away));
	/* nor one of that kind that another source brings. */
	r = store_record(&f, "organisation", "new");
	r.feed = str_of("directory");
	store_set(&f, &r, "name", "new");
	store_set(&f, &r, "kind", "integrator");
	r.organisation = 0;
	CHECK(!gives_all(&f, store_put(&f, &r)));
}

/* What a line was rejected with; "" when it was taken. */
static const char *
said(const struct delivery_report *r, long line)
{
	for (size_t i = 0; i < r->rejection_count; i++) {
		if (r->rejections[i].line == line)
			return r->rejections[i].reason;
	}
	return "";
}

static struct delivery_report
bring(struct sights *s, const char *lines)
{
	const struct delivery_options o = {.organisation = s->f.home, .source = "desk"};
	struct text_file file = {.name = "all.jsonl", .text = str_of(lines)};
	struct delivery_report report;

	CHECK(!deliver(&s->f, &o, &file, 1, &report));
	return report;
}

TEST(sights_an_import_rejects_the_row_whose_step_is_not_ones_own)
{
	SIGHTS s;
	struct delivery_report r;

	sights_open(&s);
	r = bring(&s, "{\"register\":\"approval\",\"key\":\"g\",\"kind\":\"treatment\",\"state\":"
		      "\"granted\"}\n"
		      "{\"register\":\"approval\",\"key\":\"r\",\"kind\":\"treatment\",\"state\":"
		      "\"requested\"}\n"
		      "{\"register\":\"change\",\"key\":\"x\",\"security_assessment\":\"g\"}\n"
		      "{\"register\":\"change\",\"key\":\"y\",\"security_assessment\":\"r\","
		      "\"state\":\"closed\"}\n");
	CHECK(r.total.read == 4 && r.total.rejected == 2 && r.total.added == 2);
	CHECK(strstr(said(&r, 1), "state 'granted' is for security_operations_manager"));
	CHECK(said(&r, 3)[0] && !said(&r, 2)[0] && !said(&r, 4)[0]);
}

TEST(sights_an_import_tells_an_organisation_that_is_not_seen_from_none_by_nothing)
{
	static const char *const keys[] = {"away", "none"};
	char texts[2][3][256];

	for (int i = 0; i < 2; i++) {
		SIGHTS s;
		CLEANUP(buf_fini) struct buf lines = {.limit = 4096};
		struct delivery_report r;

		sights_open(&s);
		buf_addf(&lines,
			 "{\"register\":\"organisation\",\"key\":\"%s\",\"name\":\"away\","
			 "\"kind\":\"member\"}\n",
			 keys[i]);
		/* It came by such a line, so that the next one says nothing new. */
		s.f.ctx->who = NULL;
		r = bring(&s, i ? "{\"register\":\"system\",\"key\":\"s\",\"name\":\"s\"}\n"
				: lines.data);
		CHECK(r.total.read == 1 && r.total.rejected == 0);
		s.f.ctx->who = &s.who;
		buf_addf(&lines,
			 "{\"register\":\"account\",\"key\":\"k\",\"login\":\"k\",\"organisation\":"
			 "\"%s\"}\n"
			 "{\"register\":\"person\",\"key\":\"p\",\"name\":\"p\",\"employer\":\"%"
			 "s\"}\n",
			 keys[i], keys[i]);
		r = bring(&s, lines.data);
		CHECK(r.total.read == 3 && r.total.rejected == 3);
		for (long n = 0; n < 3; n++) {
			const char *key = strstr(said(&r, n + 1), keys[i]);

			(void)snprintf(texts[i][n], sizeof(texts[i][n]), "%.*s?%s",
				       key ? (int)(key - said(&r, n + 1)) : 256, said(&r, n + 1),
				       key ? key + strlen(keys[i]) : "");
		}
	}
	for (int n = 0; n < 3; n++)
		CHECK(strcmp(texts[0][n], texts[1][n]) == 0);
}
