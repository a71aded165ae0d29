#include "duty/feed.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/version.h"
#include "codec/ical.h"
#include "duty/calendar.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_BACK = 31, TEXT_LIMIT = 16384, EVENT_LIMIT = 65536, PARTIES_TOLD = 40, END_BYTES = 32 };
enum { DUTY_BYTES = 2000 };

static const char *const state_titles[CALENDAR_STATES] = {
	[CALENDAR_MET] = "Met",
	[CALENDAR_DUE] = "Due",
	[CALENDAR_LATE] = "Late",
};

struct writing {
	struct ctx *ctx;
	const struct feed *feed;
	const struct calendar *calendar;
	const char *origin; /* of the ledger: it makes names the workspace's own */
	struct buf *out;
};

/* Entries that make one event. */
struct event_of {
	const struct calendar_entry *entries;
	size_t count;
	size_t open;		   /* that are not met */
	enum calendar_state state; /* the worst */
};

static bool
go_together(const struct calendar_entry *a, const struct calendar_entry *b)
{
	return a->obligation && a->obligation == b->obligation && a->key.day == b->key.day;
}

static struct event_of
event_at(const struct calendar *c, size_t first)
{
	struct event_of e = {.entries = &c->entries[first]};

	while (first + e.count < c->count &&
	       (e.count == 0 || go_together(&e.entries[0], &e.entries[e.count]))) {
		const struct calendar_entry *one = &e.entries[e.count++];

		e.open += one->state != CALENDAR_MET;
		e.state = one->state > e.state ? one->state : e.state;
	}
	return e;
}

/* When what the entry says became so: by a record, or as its time went by. What is still to come
 * says the same all day. */
static int64_t
changed_at(const struct writing *w, const struct calendar_entry *e)
{
	const struct zone *z = w->ctx->zone;
	int64_t over = e->key.at ? e->key.at : zone_day_start(z, e->key.day + 1);

	if (e->changed_at == 0)
		return zone_day_start(z, w->calendar->today);
	return e->state == CALENDAR_LATE && over > e->changed_at ? over : e->changed_at;
}

static int64_t
event_changed_at(const struct writing *w, const struct event_of *e)
{
	int64_t latest = 0;

	for (size_t i = 0; i < e->count; i++) {
		int64_t at = changed_at(w, &e->entries[i]);

		latest = at > latest ? at : latest;
	}
	return latest;
}

static void
uid_write(const struct writing *w, const struct calendar_entry *e, struct buf *out)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	char name[RECORD_NAME_SIZE];

	record_name(w->ctx->model, e->record, name);
	if (e->obligation)
		buf_addf(&text, "duty/%s/%.*s", e->obligation->id, STR_ARG(e->period));
	else
		buf_addf(&text, "record/%s/%s", name, e->due->field->name);
	buf_addf(&text, "@%s", w->origin);
	ical_text(out, "UID", (struct str){text.data, text.len});
}

static void
summary_write(const struct event_of *e, struct buf *out)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	const struct calendar_entry *one = &e->entries[0];

	buf_addf(&text, "%s: ", state_titles[e->state]);
	if (one->obligation)
		buf_addf(&text, "%s ", one->obligation->id);
	buf_add(&text, one->title.ptr, one->title.len);
	if (!one->obligation)
		buf_addf(&text, " (%s)", one->due->field->label);
	if (e->count > 1)
		buf_addf(&text, " (%zu of %zu open)", e->open, e->count);
	ical_text(out, "SUMMARY", (struct str){text.data, text.len});
}

static void
party_tell(const struct calendar_entry *e, struct buf *text)
{
	struct str stands = e->stands.ptr ? e->stands : str_of("still to come");

	buf_addf(text, "%.*s: %s, %.*s\n", STR_ARG(e->organisation_key),
		 calendar_state_names[e->state], STR_ARG(stands));
}

/* With the plan's protective marking at its end, where nothing cuts it off. */
static void
description_write(const struct writing *w, const struct event_of *e, struct buf *out)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	const struct calendar_entry *one = &e->entries[0];
	const struct plan *p = &w->ctx->model->plan;

	struct str duty = one->obligation ? str_of(one->obligation->duty) : (struct str){0};

	if (duty.len > DUTY_BYTES)
		duty.len = text_whole((struct str){duty.ptr, DUTY_BYTES});
	if (one->obligation)
		buf_addf(&text, "%.*s\n", STR_ARG(duty));
	else
		buf_addf(&text, "%s: %.*s\n", one->reg->title, STR_ARG(one->record_key));
	for (size_t i = 0; i < e->count && i < PARTIES_TOLD; i++)
		party_tell(&e->entries[i], &text);
	if (e->count > PARTIES_TOLD)
		buf_addf(&text, "and %zu more\n", e->count - PARTIES_TOLD);
	if (one->kind == CALENDAR_DECISION)
		buf_adds(&text, "It waits for your decision.\n");
	if (p->marking && p->marking[0])
		buf_addf(&text, "%s", p->marking);
	ical_text(out, "DESCRIPTION", (struct str){text.data, text.len});
}

/* To the cell or the record; of several cells to the plan, which has them all. */
static void
link_write(const struct writing *w, const struct event_of *e, struct buf *out)
{
	CLEANUP(buf_fini) struct buf text = {.limit = TEXT_LIMIT};
	const struct calendar_entry *one = &e->entries[0];
	char name[RECORD_NAME_SIZE];

	record_name(w->ctx->model, one->record, name);
	buf_adds(&text, w->feed->site);
	if (!one->obligation)
		buf_addf(&text, "/records/%s", name);
	else if (e->count > 1)
		buf_addf(&text, "/plan/%s?duty=%s", one->obligation->section, one->obligation->id);
	else
		buf_addf(&text, "/cells/%s/%.*s", one->obligation->id,
			 STR_ARG(one->organisation_key));
	ical_line(out, "URL", (struct str){text.data, text.len});
}

/* RFC 5545 section 3.6.1. It takes nobody's time. */
static void
event_write(const struct writing *w, const struct event_of *e, struct buf *out)
{
	const struct calendar_entry *one = &e->entries[0];
	int64_t changed = event_changed_at(w, e);

	ical_line(out, "BEGIN", str_of("VEVENT"));
	uid_write(w, one, out);
	ical_instant(out, "DTSTAMP", changed);
	ical_instant(out, "LAST-MODIFIED", changed);
	if (one->key.at)
		ical_instant(out, "DTSTART", one->key.at);
	else
		ical_date(out, "DTSTART", one->key.day);
	summary_write(e, out);
	description_write(w, e, out);
	link_write(w, e, out);
	ical_text(out, "CATEGORIES", str_of(state_titles[e->state]));
	ical_line(out, "TRANSP", str_of("TRANSPARENT"));
	ical_line(out, "CLASS", str_of("CONFIDENTIAL"));
	ical_line(out, "END", str_of("VEVENT"));
}

/* A calendar has one component at least (section 3.6): where nothing is due, the zone of its
 * instants. */
static void
nothing_write(struct buf *out)
{
	ical_line(out, "BEGIN", str_of("VTIMEZONE"));
	ical_line(out, "TZID", str_of("UTC"));
	ical_line(out, "BEGIN", str_of("STANDARD"));
	ical_line(out, "DTSTART", str_of("19700101T000000"));
	ical_line(out, "TZOFFSETFROM", str_of("+0000"));
	ical_line(out, "TZOFFSETTO", str_of("+0000"));
	ical_line(out, "END", str_of("STANDARD"));
	ical_line(out, "END", str_of("VTIMEZONE"));
}

static void
head_write(const struct writing *w)
{
	CLEANUP(buf_fini) struct buf name = {.limit = TEXT_LIMIT};
	const struct plan *p = &w->ctx->model->plan;

	buf_addf(&name, "%s, %s", w->feed->all ? "All duties" : "My duties", p->title);
	ical_line(w->out, "BEGIN", str_of("VCALENDAR"));
	ical_line(w->out, "VERSION", str_of("2.0"));
	ical_line(w->out, "PRODID", str_of("-//Holdfast//Holdfast " HOLDFAST_VERSION "//EN"));
	ical_line(w->out, "CALSCALE", str_of("GREGORIAN"));
	/* RFC 7986 names and refreshes what programs knew by names of their own. */
	ical_text(w->out, "NAME", (struct str){name.data, name.len});
	ical_text(w->out, "X-WR-CALNAME", (struct str){name.data, name.len});
	if (p->marking && p->marking[0])
		ical_text(w->out, "X-WR-CALDESC", str_of(p->marking));
	ical_line(w->out, "X-WR-TIMEZONE", str_of(zone_name(w->ctx->zone)));
	ical_line(w->out, "REFRESH-INTERVAL;VALUE=DURATION", str_of("PT1H"));
	ical_line(w->out, "X-PUBLISHED-TTL", str_of("PT1H"));
}

static void
events_write(const struct writing *w)
{
	CLEANUP(buf_fini) struct buf text = {.limit = EVENT_LIMIT};
	size_t at = 0;

	while (at < w->calendar->count) {
		struct event_of e = event_at(w->calendar, at);

		text.len = 0;
		event_write(w, &e, &text);
		if (text.failed || w->out->len + text.len + END_BYTES > w->out->limit)
			return;
		buf_add(w->out, text.data, text.len);
		at += e.count;
	}
	if (at == 0)
		nothing_write(w->out);
}

enum err_code
feed_write(struct ctx *ctx, const struct feed *f, struct buf *out)
{
	int64_t today = zone_date(ctx->zone, clock_now(&ctx->clock));
	const struct calendar_question q = {.from = today - DAYS_BACK,
					    .to = today - DAYS_BACK + LIMIT_CALENDAR_DAYS - 1,
					    .all = f->all};
	struct calendar c = {0};
	struct writing w = {.ctx = ctx,
			    .feed = f,
			    .calendar = &c,
			    .origin = ledger_key(ctx->ledger)->name,
			    .out = out};
	enum err_code rc = calendar_read(ctx, &q, &c);

	if (rc)
		return rc;
	head_write(&w);
	events_write(&w);
	ical_line(out, "END", str_of("VCALENDAR"));
	return ERR_NONE;
}
