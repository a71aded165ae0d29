#include "access/grant.h"
#include "record/note.h"
#include "record/step.h"
#include "record_fixture.h"
#include "test.h"

#include <string.h>

/* Two people of `home`, and a user for each. */
struct desk {
	struct store_fixture *f;
	int64_t ann, bob;
	struct who_role roles[4];
	struct who who;
	size_t noted;
	char last_note[512];
};

static enum err_code
note(void *object, const char *kind, struct str detail, struct err *e)
{
	struct desk *d = object;

	(void)e;
	d->noted++;
	(void)snprintf(d->last_note, sizeof(d->last_note), "%s %.*s", kind, STR_ARG(detail));
	return ERR_NONE;
}

static int64_t
person_put(struct store_fixture *f, const char *key)
{
	struct record r = store_record(f, "person", key);

	store_set(f, &r, "name", key);
	return store_put(f, &r);
}

static void
desk_open(struct desk *d, struct store_fixture *f)
{
	*d = (struct desk){.f = f};
	d->ann = person_put(f, "ann");
	d->bob = person_put(f, "bob");
}

/* From now on the context serves that person, in one role held for rows of `organisation`. */
static void
serve(struct desk *d, int64_t person, const char *role, int64_t organisation)
{
	struct ctx *ctx = d->f->ctx;

	d->roles[0] = (struct who_role){.role = model_role(d->f->model, str_of(role)),
					.organisation = organisation};
	CHECK(d->roles[0].role);
	d->who = (struct who){.model = d->f->model,
			      .person = person,
			      .organisation = organisation,
			      .roles = d->roles,
			      .role_count = 1,
			      .writes = true,
			      .all_registers = true};
	ctx->who = &d->who;
	ctx->actor = str_of(person == d->ann ? "user:ann" : "user:bob/token:7");
	ctx->actor_id = 0;
	ctx->note = (struct ctx_note){note, d};
}

static void
serve_nobody(struct desk *d)
{
	d->f->ctx->who = NULL;
	d->f->ctx->actor = str_of("root@shell");
	d->f->ctx->actor_id = 0;
	d->f->ctx->note = (struct ctx_note){0};
}

static enum err_code
put(struct desk *d, struct record *r, bool delivered)
{
	struct ctx *ctx = d->f->ctx;
	enum written written;
	WRITER *w = NULL;
	enum err_code rc;

	ctx->err = (struct err){0};
	CHECK(!writer_begin(ctx, &w));
	if (delivered)
		writer_takes_delivery(w);
	if (!r->id)
		CHECK(!writer_new_id(w, r->reg, &r->id));
	rc = writer_put(w, r, &written);
	CHECK(!writer_torn(w));
	CHECK(!writer_commit(w));
	return rc;
}

static void
takes(struct desk *d, struct record *r)
{
	enum err_code rc = put(d, r, false);

	if (rc)
		(void)fprintf(stderr, "%s: %s\n", d->f->ctx->err.field, d->f->ctx->err.message);
	CHECK(!rc);
}

static void
refuses(struct desk *d, const struct record *r, enum err_code code, const char *words)
{
	struct record copy = *r;
	enum err_code rc = put(d, &copy, false);

	if (rc != code || !strstr(d->f->ctx->err.message, words))
		(void)fprintf(stderr, "%d, not %d: %s\n", rc, code, d->f->ctx->err.message);
	CHECK(rc == code && strstr(d->f->ctx->err.message, words));
}

static void
set_ref(struct record *r, const char *field, int64_t id)
{
	record_set_int(r, field, id);
}

static struct record
approval(struct desk *d, const char *key, const char *kind, int64_t requested_by)
{
	struct record r = store_record(d->f, "approval", key);

	store_set(d->f, &r, "kind", kind);
	set_ref(&r, "requested_by", requested_by);
	r.state = str_of("requested");
	return r;
}

TEST(permit_a_decision_takes_another_person_in_the_right_role)
{
	STORE f;
	struct desk d;
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.ann, "siro", f.home);
	r = approval(&d, "a", "treatment", d.ann);
	takes(&d, &r);
	/* Who asked, and who wrote it, is not who decides. */
	r.state = str_of("granted");
	set_ref(&r, "decided_by", d.ann);
	store_set(&f, &r, "decided_role", "siro");
	refuses(&d, &r, ERR_DENIED, "named in 'requested_by'");
	set_ref(&r, "requested_by", d.bob);
	refuses(&d, &r, ERR_DENIED, "named in 'requested_by'");
	set_ref(&r, "requested_by", d.ann);
	serve(&d, d.bob, "line_manager", f.home);
	set_ref(&r, "decided_by", d.bob);
	refuses(&d, &r, ERR_DENIED, "state 'granted' is for security_operations_manager");
	serve(&d, d.bob, "siro", f.home);
	set_ref(&r, "decided_by", d.ann);
	refuses(&d, &r, ERR_DENIED, "'decided_by' names whoever brings it");
	set_ref(&r, "decided_by", d.bob);
	store_set(&f, &r, "decided_role", "accreditor");
	refuses(&d, &r, ERR_DENIED, "'decided_role' names the role");
	store_set(&f, &r, "decided_role", "siro");
	takes(&d, &r);
	/* And then it stands, but for those who might have given it. */
	store_set(&f, &r, "reason", "other words");
	serve(&d, d.ann, "line_manager", f.home);
	refuses(&d, &r, ERR_DENIED, "is for");
}

TEST(permit_whoever_wrote_the_request_for_another_does_not_decide)
{
	STORE f;
	struct desk d;
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.bob, "siro", f.home);
	r = approval(&d, "a", "treatment", d.ann);
	takes(&d, &r);
	r.state = str_of("granted");
	set_ref(&r, "decided_by", d.bob);
	store_set(&f, &r, "decided_role", "siro");
	refuses(&d, &r, ERR_DENIED, "whoever wrote the record last");
	/* Another session of the same login is no other person. */
	f.ctx->actor = str_of("user:bob");
	f.ctx->actor_id = 0;
	refuses(&d, &r, ERR_DENIED, "whoever wrote the record last");
}

TEST(permit_each_kind_of_approval_has_its_own_roles)
{
	STORE f;
	struct desk d;
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	r = approval(&d, "a", "accreditor", d.ann);
	takes(&d, &r);
	serve(&d, d.bob, "siro", f.home);
	r.state = str_of("granted");
	set_ref(&r, "decided_by", d.bob);
	store_set(&f, &r, "decided_role", "siro");
	refuses(&d, &r, ERR_DENIED, "is for accreditor");
	/* Nor by making another kind of it. */
	store_set(&f, &r, "kind", "treatment");
	takes(&d, &r);
	store_set(&f, &r, "kind", "accreditor");
	refuses(&d, &r, ERR_DENIED, "is for accreditor");
}

TEST(permit_nothing_begins_where_it_takes_two)
{
	STORE f;
	struct desk d;
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.bob, "siro", f.home);
	r = approval(&d, "a", "treatment", d.ann);
	r.state = str_of("granted");
	set_ref(&r, "decided_by", d.bob);
	store_set(&f, &r, "decided_role", "siro");
	refuses(&d, &r, ERR_INVALID, "begins in state 'requested', not in 'granted'");
	CHECK(put(&d, &r, true) == ERR_DENIED);
	CHECK(strstr(f.ctx->err.message, "takes a second person"));
	r.id = 0;
	/* Nor is a decision signed before it is taken. */
	r.state = str_of("requested");
	refuses(&d, &r, ERR_DENIED, "is written by whoever brings the record");
}

TEST(permit_only_steps_of_the_register_are_made_but_a_source_says_where_it_is)
{
	STORE f;
	struct desk d;
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.ann, "service_desk", f.home);
	r = store_record(&f, "ticket", "t");
	r.state = str_of("closed");
	refuses(&d, &r, ERR_INVALID, "begins in state 'new', not in 'closed'");
	r.state = str_of("new");
	takes(&d, &r);
	r.state = str_of("resolved");
	refuses(&d, &r, ERR_INVALID,
		"no step leads from state 'new' to 'resolved'; there are steps to assigned");
	r.state = str_of("assigned");
	takes(&d, &r);
	r.state = (struct str){0};
	refuses(&d, &r, ERR_INVALID, "to 'no state'");
	r.state = str_of("closed");
	CHECK(!put(&d, &r, true));
	serve_nobody(&d);
	r.state = str_of("new");
	takes(&d, &r);
}

TEST(permit_an_audit_is_held_from_outside_the_security_function)
{
	STORE f;
	struct desk d;
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.ann, "security_operations_manager", f.home);
	r = store_record(&f, "audit", "a");
	r.state = str_of("planned");
	takes(&d, &r);
	r.state = str_of("held");
	refuses(&d, &r, ERR_DENIED, "not for global_security_team, security_architect");
	serve(&d, d.bob, "auditor", f.home);
	d.roles[1] = (struct who_role){.role = model_role(f.model, str_of("security_architect")),
				       .organisation = f.away};
	d.who.role_count = 2;
	refuses(&d, &r, ERR_DENIED, "not for global_security_team, security_architect");
	d.who.role_count = 1;
	takes(&d, &r);
}

/* The step to that state, which must be among those that lead on. */
static struct step
step_to(struct desk *d, const struct record *r, const char *to)
{
	struct ctx *ctx = d->f->ctx;
	struct record now;
	struct steps steps;

	CHECK(!record_load(ctx, r->id, ctx->arena, &now));
	CHECK(!record_steps(ctx, &now, &steps));
	for (size_t i = 0; i < steps.count; i++) {
		if (strcmp(steps.rows[i].transition->to, to) == 0)
			return steps.rows[i];
	}
	CHECK(!"there is such a step");
	return (struct step){0};
}

static void
step_refused(struct desk *d, const struct record *r, const char *to, const char *words)
{
	struct step s = step_to(d, r, to);

	CHECK(!s.may && strstr(str_z(d->f->ctx->arena, s.refusal), words));
}

TEST(permit_says_which_steps_somebody_may_take_and_they_are_taken)
{
	STORE f;
	struct desk d;
	struct record r;
	struct step s;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.ann, "siro", f.home);
	r = approval(&d, "a", "treatment", d.ann);
	takes(&d, &r);
	step_refused(&d, &r, "granted", "named in 'requested_by'");
	serve(&d, d.bob, "line_manager", f.home);
	step_refused(&d, &r, "granted", "state 'granted' is for security_operations_manager");
	/* In which of his roles, each once. */
	serve(&d, d.bob, "line_manager", f.home);
	d.roles[1] = (struct who_role){.role = model_role(f.model, str_of("siro")),
				       .organisation = f.home};
	d.roles[2] = d.roles[1];
	d.who.role_count = 3;
	s = step_to(&d, &r, "granted");
	CHECK(s.may && !s.refusal.ptr && s.roles.count == 1);
	CHECK(strcmp(s.roles.words[0], "siro") == 0);
	CHECK(strcmp(s.transition->by->name, "decided_by") == 0);
	CHECK(step_to(&d, &r, "refused").may);
	r.state = str_of(s.transition->to);
	set_ref(&r, s.transition->by->name, d.bob);
	store_set(&f, &r, s.transition->as->name, s.roles.words[0]);
	takes(&d, &r);
	/* A login of nobody's decides nothing, nor does a token that only reads. */
	r = approval(&d, "b", "treatment", d.ann);
	r.id = 0;
	serve(&d, d.ann, "siro", f.home);
	takes(&d, &r);
	serve(&d, 0, "siro", f.home);
	step_refused(&d, &r, "granted", "");
	serve(&d, d.bob, "siro", f.home);
	CHECK(step_to(&d, &r, "granted").may);
	d.who.writes = false;
	step_refused(&d, &r, "granted", "");
	serve_nobody(&d);
	CHECK(step_to(&d, &r, "granted").may);
	/* Others' kinds have steps of their own, and what was written last by oneself is another's.
	 */
	r = approval(&d, "c", "accreditor", d.ann);
	r.id = 0;
	serve(&d, d.ann, "siro", f.home);
	takes(&d, &r);
	serve(&d, d.bob, "siro", f.home);
	step_refused(&d, &r, "granted", "is for accreditor");
	serve(&d, d.ann, "security_operations_manager", f.home);
	r = store_record(&f, "audit", "a");
	r.state = str_of("planned");
	takes(&d, &r);
	step_refused(&d, &r, "held", "not for global_security_team");
}

TEST(permit_what_is_elsewhere_is_not_there)
{
	STORE f;
	struct desk d;
	struct record theirs, none, found;
	struct versions versions;
	char missing[sizeof(f.ctx->err.message)];
	WRITER *w = NULL;

	store_open(&f);
	desk_open(&d, &f);
	theirs = store_record(&f, "ticket", "t");
	theirs.organisation = f.away;
	(void)store_put(&f, &theirs);
	serve(&d, d.ann, "service_desk", f.home);
	none = theirs;
	none.id += 1000;
	refuses(&d, &none, ERR_MISSING, "there is no such record now");
	memcpy(missing, f.ctx->err.message, sizeof(missing));
	/* As it is, as one's own, and as a new one over there. */
	refuses(&d, &theirs, ERR_MISSING, missing);
	none = theirs;
	none.organisation = f.home;
	refuses(&d, &none, ERR_MISSING, missing);
	none = store_record(&f, "ticket", "n");
	none.organisation = f.away;
	refuses(&d, &none, ERR_MISSING, missing);
	CHECK(record_load(f.ctx, theirs.id, &f.arena, &found) == ERR_MISSING);
	CHECK(strcmp(f.ctx->err.message, missing) == 0);
	CHECK(record_versions(f.ctx, theirs.id, &f.arena, &versions) == ERR_MISSING);
	CHECK(strcmp(f.ctx->err.message, missing) == 0);
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(writer_retire(w, theirs.reg, theirs.id) == ERR_MISSING);
	CHECK(writer_load(w, theirs.reg, theirs.id, &f.arena, &found) == ERR_MISSING);
	CHECK(writer_leaves(w) == 0);
}

TEST(permit_what_somebody_else_retired_does_not_come_back_as_ones_own)
{
	STORE f;
	struct desk d;
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	r = store_record(&f, "ticket", "t");
	r.organisation = f.away;
	(void)store_put(&f, &r);
	store_retire(&f, "ticket", r.id);
	serve(&d, d.ann, "service_desk", f.home);
	r.organisation = f.home;
	refuses(&d, &r, ERR_MISSING, "there is no such record now");
}

TEST(permit_a_record_keeps_its_key_source_and_organisation)
{
	STORE f;
	struct desk d;
	struct record r, other;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.ann, "service_desk", 0);
	r = store_record(&f, "ticket", "t");
	takes(&d, &r);
	other = r;
	other.key = str_of("u");
	refuses(&d, &other, ERR_DENIED, "keeps its key");
	other = r;
	other.feed = str_of("u");
	refuses(&d, &other, ERR_DENIED, "keeps its key");
	other = r;
	other.organisation = f.away;
	refuses(&d, &other, ERR_DENIED, "stays with its organisation");
}

TEST(permit_a_role_limited_to_a_site_writes_what_is_about_the_site)
{
	STORE f;
	struct desk d;
	struct record site, here, there;

	store_open(&f);
	desk_open(&d, &f);
	site = store_record(&f, "site", "leeds");
	store_set(&f, &site, "name", "Leeds");
	(void)store_put(&f, &site);
	serve(&d, d.ann, "site_manager", f.home);
	d.roles[0].limit = site.id;
	here = store_record(&f, "visit", "here");
	set_ref(&here, "site", site.id);
	takes(&d, &here);
	there = store_record(&f, "visit", "there");
	refuses(&d, &there, ERR_DENIED, "none of your roles adds to register 'visit'");
	set_ref(&here, "site", d.ann);
	refuses(&d, &here, ERR_DENIED, "none of your roles changes register 'visit'");
	takes(&d, &site);
}

TEST(permit_tokens_and_second_factors_hold_back)
{
	STORE f;
	struct desk d;
	const char *one = "person";
	struct record r;

	store_open(&f);
	desk_open(&d, &f);
	r = store_record(&f, "ticket", "t");
	serve(&d, d.ann, "service_desk", f.home);
	d.who.writes = false;
	refuses(&d, &r, ERR_DENIED, "does not let it write");
	d.who.writes = true;
	d.who.all_registers = false;
	d.who.registers = (struct words){&one, 1};
	refuses(&d, &r, ERR_DENIED, "does not let it write");
	CHECK(!grant_reads(f.model, &d.who, store_reg(&f, "ticket"), f.home));
	d.who.all_registers = true;
	d.who.second_factor_due = true;
	refuses(&d, &r, ERR_DENIED, "second factor first");
	d.who.second_factor_due = false;
	takes(&d, &r);
}

TEST(permit_only_holdfast_writes_what_it_decides_and_kept_records_stay)
{
	STORE f;
	struct desk d;
	struct record r;
	WRITER *w = NULL;

	store_open(&f);
	desk_open(&d, &f);
	serve(&d, d.ann, "security_operations_manager", 0);
	r = store_record(&f, "cell", "c");
	refuses(&d, &r, ERR_DENIED, "written by Holdfast alone");
	r = store_record(&f, "finding", "f");
	takes(&d, &r);
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(writer_retire(w, r.reg, r.id) == ERR_DENIED);
	CHECK(strstr(f.ctx->err.message, "are kept"));
}

TEST(permit_reading_what_is_restricted_is_noted_or_refused)
{
	STORE f;
	struct desk d;
	struct record r, found;
	struct versions versions;

	store_open(&f);
	desk_open(&d, &f);
	r = store_record(&f, "personnel_case", "c");
	(void)store_put(&f, &r);
	serve(&d, d.ann, "line_manager", f.home);
	CHECK(record_load(f.ctx, r.id, &f.arena, &found) == ERR_MISSING);
	serve(&d, d.ann, "hr", f.home);
	CHECK(!record_load(f.ctx, r.id, &f.arena, &found));
	CHECK(d.noted == 1 && strstr(d.last_note, "read {\"records\":[\"") == d.last_note);
	CHECK(strstr(d.last_note, "\"],\"register\":\"personnel_case\"}"));
	CHECK(!record_versions(f.ctx, r.id, &f.arena, &versions) && d.noted == 2);
	f.ctx->note = (struct ctx_note){0};
	CHECK(record_load(f.ctx, r.id, &f.arena, &found) == ERR_INTERNAL);
}
