#include "duty/calendar.h"

#include "access/who.h"
#include "base/civil.h"
#include "check_fixture.h"
#include "duty/feed.h"
#include "test.h"

#include <string.h>

/* Somebody who holds the role that owns all duties, in rows of `home`; and what he is told. */
struct desk {
	struct check_fixture f;
	struct who_role role;
	struct who who;
	struct buf text;
	struct calendar last;
};

static void
desk_begin(struct desk *d, const char *obligations)
{
	*d = (struct desk){.text = {.limit = 1024 * 1024}};
	check_open(&d->f, obligations);
	d->role = (struct who_role){.role = model_role(d->f.model, str_of("owner")),
				    .organisation = d->f.home};
	d->who = (struct who){.model = d->f.model,
			      .roles = &d->role,
			      .role_count = 1,
			      .writes = true,
			      .all_registers = true};
}

static void
desk_end(struct desk *d)
{
	d->f.ctx->who = NULL;
	buf_fini(&d->text);
	check_close(&d->f);
}
#define DESK CLEANUP(desk_end) struct desk

static struct calendar_question
question(const char *from, const char *to)
{
	struct calendar_question q = {0};

	CHECK(civil_parse_date(str_of(from), &q.from) && civil_parse_date(str_of(to), &q.to));
	return q;
}

/* "2026-06-30 1-a home due unproven; 2026-07-31 ..." */
static const char *
told(struct desk *d, const struct calendar_question *q)
{
	enum err_code rc;

	d->text.len = 0;
	buf_adds(&d->text, "");
	d->f.ctx->who = &d->who;
	rc = calendar_read(d->f.ctx, q, &d->last);
	d->f.ctx->who = NULL;
	CHECK(!rc);
	for (size_t i = 0; i < d->last.count; i++) {
		const struct calendar_entry *e = &d->last.entries[i];
		struct str key = e->obligation ? e->organisation_key : e->record_key;
		struct str stands = e->stands.ptr ? e->stands : str_of("-");
		char day[CIVIL_DATE_LEN + 1];

		civil_format_date(e->key.day, day);
		buf_addf(&d->text, "%s%s %s %.*s %s %.*s", i ? "; " : "", day,
			 e->obligation ? e->obligation->id : e->due->field->name, STR_ARG(key),
			 calendar_state_names[e->state], STR_ARG(stands));
	}
	return d->text.data;
}

static bool
is_told(struct desk *d, const char *from, const char *to, bool all, const char *expected)
{
	struct calendar_question q = question(from, to);
	const char *found;

	q.all = all;
	found = told(d, &q);
	if (strcmp(found, expected) == 0)
		return true;
	(void)fprintf(stderr, "told:     %s\nexpected: %s\n", found, expected);
	return false;
}

TEST(calendar_a_duty_is_due_at_the_end_of_each_period_and_cells_to_come_are_foretold)
{
	DESK d;

	desk_begin(&d,
		   ATTEST("1-a", "monthly", "attested") ATTEST("1-b", "quarterly", "attested")
			   ATTEST("1-c", "annual", "attested") ATTEST("1-d", "once", "attested"));
	(void)check_assess(&d.f);
	CHECK(is_told(&d, "2026-06-01", "2026-08-31", false,
		      "2026-06-30 1-a home due unproven; 2026-06-30 1-b home due unproven; "
		      "2026-07-31 1-a home due -; 2026-08-31 1-a home due -"));
	CHECK(is_told(&d, "2026-12-31", "2026-12-31", false,
		      "2026-12-31 1-a home due -; 2026-12-31 1-b home due -; "
		      "2026-12-31 1-c home due unproven"));
	/* A leap day ends a month like any other. */
	CHECK(is_told(&d, "2028-02-28", "2028-02-29", false, "2028-02-29 1-a home due -"));
	CHECK(is_told(&d, "2027-02-28", "2027-03-01", false, "2027-02-28 1-a home due -"));
}

TEST(calendar_what_is_foretold_comes_true)
{
	static const char duties[] = ATTEST("1-a", "monthly", "attested")
		HEAD("1-b", "monthly", "computed") CHECK_ENABLED;
	DESK d;

	desk_begin(&d, duties);
	(void)check_account(&d.f, "a", false);
	(void)check_assess(&d.f);
	/* 1-b binds nobody: it is foretold where there are records. */
	CHECK(is_told(&d, "2026-07-31", "2026-07-31", true,
		      "2026-07-31 1-a home due -; 2026-07-31 1-b home due -"));
	check_at(&d.f, "2026-07-10T12:00:00Z");
	(void)check_assess(&d.f);
	CHECK(is_told(&d, "2026-07-31", "2026-07-31", true,
		      "2026-07-31 1-a home due unproven; 2026-07-31 1-b home met proven"));
	/* What had ended was not met; that stays so. */
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", false,
		      "2026-06-30 1-a home late missed; 2026-06-30 1-b home late missed"));
}

TEST(calendar_a_duty_that_is_not_assessed_after_its_day_is_late_and_not_met)
{
	DESK d;

	desk_begin(&d, ATTEST("1-a", "monthly", "attested"));
	(void)check_assess(&d.f);
	/* The day goes by the plan's zone, where summer time ends the month an hour before UTC. */
	check_at(&d.f, "2026-06-30T22:59:59Z");
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", false, "2026-06-30 1-a home due unproven"));
	check_at(&d.f, "2026-06-30T23:00:00Z");
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", false, "2026-06-30 1-a home late unproven"));
	/* Periods that are over and have no cell are no calendar's to invent. */
	check_at(&d.f, "2026-09-10T12:00:00Z");
	CHECK(is_told(&d, "2026-07-01", "2026-08-31", false, ""));
}

TEST(calendar_shows_organisations_and_duties_only_as_far_as_roles_reach)
{
	DESK d;

	desk_begin(&d, ATTEST("1-a", "monthly", "attested"));
	(void)check_assess(&d.f);
	CHECK(is_told(&d, "2026-06-30", "2026-07-31", true,
		      "2026-06-30 1-a home due unproven; 2026-07-31 1-a home due -"));
	d.role.organisation = d.f.away;
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", false, "2026-06-30 1-a away due unproven"));
	d.role.organisation = 0;
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", false,
		      "2026-06-30 1-a home due unproven; 2026-06-30 1-a away due unproven"));
	/* Another role sees it, and has not to do it. */
	d.role.role = model_role(d.f.model, str_of("judge"));
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", false, ""));
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", true,
		      "2026-06-30 1-a home due unproven; 2026-06-30 1-a away due unproven"));
	/* The role has ended. */
	d.who.role_count = 0;
	CHECK(is_told(&d, "2026-06-30", "2026-06-30", true, ""));
}

TEST(calendar_an_organisation_that_leaves_has_no_more_duties)
{
	DESK d;

	desk_begin(&d, ATTEST("1-a", "monthly", "attested"));
	(void)check_assess(&d.f);
	d.role.organisation = d.f.away;
	(void)check_put(&d.f, "organisation", "away", d.f.away,
			"name=Away|kind=member|service_to=2026-08-01");
	CHECK(is_told(&d, "2026-07-31", "2026-09-30", false,
		      "2026-07-31 1-a away due -; 2026-08-31 1-a away due -"));
}

/* A person of `home`, who is served. */
static int64_t
person(struct desk *d, const char *key)
{
	return check_put(&d->f, "person", key, d->f.home, "name=Ann");
}

static void
owned(struct desk *d, const char *reg, const char *key, int64_t owner, const char *fields)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 4096};
	char name[RECORD_NAME_SIZE];

	record_name(d->f.model, owner, name);
	buf_addf(&text, "owner=%s|%s", name, fields);
	(void)check_put(&d->f, reg, key, d->f.home, text.data);
}

TEST(calendar_a_record_is_due_by_what_its_register_says)
{
	DESK d;
	int64_t ann, bob;

	desk_begin(&d, ATTEST("1-a", "annual", "attested"));
	ann = person(&d, "ann");
	bob = person(&d, "bob");
	d.who.person = ann;
	owned(&d, "action", "one", ann, "due_on=2026-06-09|state=open");
	owned(&d, "action", "two", ann, "due_on=2026-06-10|state=in_progress");
	owned(&d, "action", "three", ann, "due_on=2026-06-11|state=done");
	owned(&d, "action", "four", ann, "due_on=2026-06-12");
	owned(&d, "action", "five", bob, "due_on=2026-06-12|state=open");
	owned(&d, "action", "six", ann, "state=open");
	owned(&d, "action", "seven", ann, "due_on=2026-07-01|state=open");
	/* The day itself is still in time; without a state nothing says that it is done. */
	CHECK(is_told(&d, "2026-06-01", "2026-06-30", false,
		      "2026-06-09 due_on one late open; 2026-06-10 due_on two due in_progress; "
		      "2026-06-11 due_on three met done; 2026-06-12 due_on four due -"));
	CHECK(is_told(&d, "2026-06-12", "2026-06-12", true,
		      "2026-06-12 due_on four due -; 2026-06-12 due_on five due open"));
	d.role.organisation = d.f.away;
	CHECK(is_told(&d, "2026-06-01", "2026-06-30", true, ""));
}

TEST(calendar_an_instant_is_on_its_day_in_the_plans_zone)
{
	DESK d;

	desk_begin(&d, ATTEST("1-a", "once", "attested"));
	(void)check_put(&d.f, "ticket", "late", d.f.home,
			"due_at=2026-06-10T11:59:59Z|state=assigned");
	(void)check_put(&d.f, "ticket", "due", d.f.home,
			"due_at=2026-06-10T12:00:00Z|state=assigned");
	/* Summer time: half past eleven in UTC is the next day. In winter it is the same. */
	(void)check_put(&d.f, "ticket", "summer", d.f.home,
			"due_at=2026-06-30T23:30:00Z|state=closed");
	(void)check_put(&d.f, "ticket", "winter", d.f.home,
			"due_at=2026-12-31T23:30:00Z|state=new");
	/* The hour that comes twice. */
	(void)check_put(&d.f, "ticket", "first", d.f.home, "due_at=2026-10-25T00:30:00Z|state=new");
	(void)check_put(&d.f, "ticket", "again", d.f.home, "due_at=2026-10-25T01:30:00Z|state=new");
	CHECK(is_told(&d, "2026-06-01", "2026-06-30", true,
		      "2026-06-10 due_at late late assigned; 2026-06-10 due_at due due assigned"));
	CHECK(is_told(&d, "2026-07-01", "2026-07-01", true, "2026-07-01 due_at summer met closed"));
	CHECK(is_told(&d, "2026-12-31", "2026-12-31", true, "2026-12-31 due_at winter due new"));
	CHECK(is_told(&d, "2027-01-01", "2027-01-01", true, ""));
	CHECK(is_told(&d, "2026-10-25", "2026-10-25", true,
		      "2026-10-25 due_at first due new; 2026-10-25 due_at again due new"));
}

TEST(calendar_what_names_nobody_is_for_those_who_write_it)
{
	/* The duty makes its owner keep the tickets. */
	DESK d;

	desk_begin(&d, HEAD("1-a", "once", "attested") "    applies_to: ticket\n" BINDS_ALL);
	(void)check_put(&d.f, "ticket", "open", d.f.home, "due_at=2026-06-12T12:00:00Z|state=new");
	(void)check_put(&d.f, "action", "other", d.f.home, "due_on=2026-06-12|state=open");
	CHECK(is_told(&d, "2026-06-12", "2026-06-12", false, "2026-06-12 due_at open due new"));
	/* A token that only reads hides none of it. */
	d.who.writes = false;
	CHECK(is_told(&d, "2026-06-12", "2026-06-12", false, "2026-06-12 due_at open due new"));
	d.role.role = model_role(d.f.model, str_of("judge"));
	CHECK(is_told(&d, "2026-06-12", "2026-06-12", false, ""));
}

TEST(calendar_pages_tell_each_entry_once)
{
	DESK d;
	struct calendar_question q = question("2026-06-01", "2026-08-31");
	size_t count = 0, pages = 0;

	desk_begin(&d, ATTEST("1-a", "monthly", "attested") ATTEST("1-b", "monthly", "attested"));
	(void)check_assess(&d.f);
	d.role.organisation = 0;
	for (int i = 0; i < 7; i++) {
		char key[] = "a0";

		key[1] = (char)('0' + i);
		(void)check_put(&d.f, "action", key, d.f.home, "due_on=2026-06-30|state=open");
	}
	q.all = true;
	(void)told(&d, &q);
	CHECK(d.last.count == 3 * 4 + 7 && !d.last.next.ptr);
	q.limit = 3;
	do {
		(void)told(&d, &q);
		CHECK(d.last.count > 0 && d.last.count <= 3 && !d.last.leaves_out);
		count += d.last.count;
		q.after = d.last.next;
		pages++;
	} while (q.after.ptr);
	CHECK(count == 3 * 4 + 7 && pages == 7);
	d.f.ctx->who = &d.who;
	q.after = str_of("x");
	CHECK(calendar_read(d.f.ctx, &q, &d.last) == ERR_INVALID);
	q.after = str_of("1.2.3.4.5.6");
	CHECK(calendar_read(d.f.ctx, &q, &d.last) == ERR_INVALID);
}

/* Restricted records are there for who may read them; not for a program elsewhere. */
TEST(calendar_a_feed_has_no_restricted_records_and_a_page_has_them_for_nobody_else)
{
	DESK d;

	desk_begin(&d, ATTEST("1-a", "annual", "attested"));
	(void)check_put(&d.f, "personnel_case", "case", d.f.home, "due_on=2026-06-12|state=open");
	CHECK(is_told(&d, "2026-06-12", "2026-06-12", true, ""));
	d.who.calendar = true;
	CHECK(is_told(&d, "2026-06-12", "2026-06-12", true, ""));
}

static const char *
feed(struct desk *d)
{
	const struct feed f = {.site = "https://isms.example.org"};
	enum err_code rc;

	d->text.len = 0;
	d->f.ctx->who = &d->who;
	rc = feed_write(d->f.ctx, &f, &d->text);
	d->f.ctx->who = NULL;
	CHECK(!rc && !d->text.failed);
	return d->text.data;
}

static size_t
times(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

TEST(feed_a_duty_of_several_organisations_is_one_event_with_a_name_that_stays)
{
	DESK d;
	const char *text;

	desk_begin(&d, ATTEST("1-a", "monthly", "attested"));
	(void)check_assess(&d.f);
	d.role.organisation = 0;
	text = feed(&d);
	CHECK(strstr(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") == text);
	CHECK(strcmp(text + strlen(text) - 15, "END:VCALENDAR\r\n") == 0);
	/* The end of May is before there was anything. */
	CHECK(times(text, "BEGIN:VEVENT\r\n") == 3 && times(text, "END:VEVENT\r\n") == 3);
	CHECK(strstr(text, "UID:duty/1-a/2026-06@"));
	CHECK(strstr(text, "DTSTART;VALUE=DATE:20260630\r\n"));
	CHECK(strstr(text, "SUMMARY:Due: 1-a Duty 1-a (2 of 2 open)\r\n"));
	CHECK(strstr(text, "URL:https://isms.example.org/plan/1?duty=1-a\r\n"));
	CHECK(strstr(text, "LAST-MODIFIED:20260610T120000Z\r\n"));
	/* When its day has gone by it says so, and since when. */
	check_at(&d.f, "2026-07-01T12:00:00Z");
	text = feed(&d);
	CHECK(strstr(text, "SUMMARY:Late: 1-a Duty 1-a (2 of 2 open)\r\n"));
	CHECK(strstr(text, "UID:duty/1-a/2026-06@"));
	CHECK(strstr(text, "LAST-MODIFIED:20260630T230000Z\r\n"));
	d.role.organisation = d.f.home;
	text = feed(&d);
	CHECK(strstr(text, "URL:https://isms.example.org/cells/1-a/home\r\n"));
	CHECK(!strstr(text, "away"));
}

TEST(feed_says_the_same_until_something_changes)
{
	CLEANUP(buf_fini) struct buf before = {.limit = 1024 * 1024};
	DESK d;

	desk_begin(&d, ATTEST("1-a", "monthly", "attested"));
	(void)check_assess(&d.f);
	buf_adds(&before, feed(&d));
	check_at(&d.f, "2026-06-10T20:00:00Z");
	(void)check_assess(&d.f);
	CHECK(strcmp(before.data, feed(&d)) == 0);
	d.who.person = person(&d, "ann");
	owned(&d, "action", "one", d.who.person, "due_on=2026-06-12|state=open");
	CHECK(strcmp(before.data, feed(&d)) != 0);
	CHECK(strstr(d.text.data, "SUMMARY:Due: one (Due on)\r\n"));
}

TEST(feed_without_anything_is_a_calendar_still)
{
	DESK d;
	const char *text;

	desk_begin(&d, ATTEST("1-a", "monthly", "attested"));
	d.who.role_count = 0;
	text = feed(&d);
	CHECK(times(text, "BEGIN:VEVENT") == 0 && times(text, "BEGIN:VTIMEZONE\r\n") == 1);
}
