/* clock.c -- how far the clock is off, and what it follows.
 *
 * Only the daemon that runs is asked. chronyc and ntpq give the source's address, because -n spares
 * a question to the name service; timedatectl gives the name from the settings. `timedatectl
 * show-timesync` has no offset, so timesync-status is asked.
 */
#include "collect/clock_priv.h"

enum { US_PER_MS = 1000, DECIMALS_OF_SECOND = 6, DECIMALS_OF_MS = 3 };

static const struct {
	const char *name;
	int64_t us;
} units[] = {
	{"us",  1		},
	   {"ms",  1000	      },
	       {"s",   1000000	    },
	    {"min", 60000000    },
	{"h",   3600000000	},
	   {"d",	 86400000000 },
	       {"w",   604800000000},
};

/* Takes "-12.5" off *text as -12500 when `decimals` is 3; further digits are cut off. A '+' may
 * stand before. */
static bool
take_decimal(struct str *text, int decimals, int64_t *ret_value)
{
	bool minus = text_skip(text, "-"), fraction = false, any = false;
	int64_t value = 0;

	if (!minus)
		(void)text_skip(text, "+");
	for (; text->len > 0; text->ptr++, text->len--) {
		char byte = text->ptr[0];

		if (byte == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (byte < '0' || byte > '9')
			break;
		any = true;
		if (fraction && decimals-- <= 0)
			continue;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, byte - '0', &value))
			return false;
	}
	for (; decimals > 0; decimals--) {
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
	}
	*ret_value = minus ? -value : value;
	return any;
}

static int64_t
us_to_ms(int64_t us)
{
	return (us < 0 ? us - US_PER_MS / 2 : us + US_PER_MS / 2) / US_PER_MS;
}

/* "Leap status     : Normal" gives the name and what follows the colon. */
static struct str
cut_label(struct str *line)
{
	struct str label = str_trim(str_cut(line, ':'));

	*line = str_trim(*line);
	return label;
}

/* The text between the first parenthesis and the last. */
static struct str
in_parentheses(struct str text)
{
	(void)str_cut(&text, '(');
	while (text.len > 0 && text.ptr[text.len - 1] != ')')
		text.len--;
	if (text.len > 0)
		text.len--;
	return text.len > 0 ? text : (struct str){0};
}

/* "System time     : 0.000006523 seconds slow of NTP time" */
static bool
parse_system_time(struct str text, struct clock_state *clock)
{
	int64_t us;

	if (!take_decimal(&text, DECIMALS_OF_SECOND, &us) || !str_is(text_word(&text), "seconds"))
		return false;
	clock->offset_ms = us_to_ms(str_is(text_word(&text), "slow") ? -us : us);
	return true;
}

bool
clock_read_chronyc(struct str out, struct clock_state *ret_clock)
{
	struct clock_state clock = {0};
	bool follows = true;

	while (out.ptr) {
		struct str line = str_cut(&out, '\n');
		struct str label = cut_label(&line);

		if (str_is(label, "Reference ID"))
			clock.source = in_parentheses(line);
		else if (str_is(label, "System time"))
			clock.has_offset = parse_system_time(line, &clock);
		else if (str_is(label, "Leap status"))
			follows = !str_is(line, "Not synchronised");
	}
	if (!follows || !clock.has_offset || !clock.source.ptr)
		return false;
	*ret_clock = clock;
	return true;
}

/* "+1min 2.5s", "-1.068ms": systemd's way to write a span of time, with its sign. */
static bool
parse_span(struct str text, int64_t *ret_us)
{
	bool minus = text_skip(&text, "-");
	int64_t total = 0;
	struct str word;

	if (!minus)
		(void)text_skip(&text, "+");
	while ((word = text_word(&text)).ptr) {
		int64_t value = 0, scale = 0;

		if (!take_decimal(&word, DECIMALS_OF_SECOND, &value))
			return false;
		for (size_t i = 0; i < COUNT_OF(units); i++) {
			if (str_is(word, units[i].name))
				scale = units[i].us;
		}
		if (scale == 0 || __builtin_mul_overflow(value, scale, &value) ||
		    __builtin_add_overflow(total, value / 1000000, &total))
			return false;
	}
	*ret_us = minus ? -total : total;
	return true;
}

/* systemd takes the server's time less ours, so that its '+' means that this clock is behind. */
bool
clock_read_timedatectl(struct str out, struct clock_state *ret_clock)
{
	struct clock_state clock = {0};
	int64_t us;

	while (out.ptr) {
		struct str line = str_cut(&out, '\n');
		struct str label = cut_label(&line);

		if (str_is(label, "Server")) {
			clock.source = in_parentheses(line);
			if (str_is(clock.source, "n/a"))
				clock.source = text_word(&line);
		} else if (str_is(label, "Offset") && parse_span(line, &us)) {
			clock.has_offset = true;
			clock.offset_ms = us_to_ms(-us);
		}
	}
	if (!clock.has_offset || !clock.source.ptr)
		return false;
	*ret_clock = clock;
	return true;
}

/* Columns: remote, refid, stratum, type, when, poll, reach, delay, offset. '*' marks the source
 * that is followed, 'o' one that also gives the second. The offset is the source's time less ours,
 * in milliseconds. */
bool
clock_read_ntpq(struct str out, struct clock_state *ret_clock)
{
	enum { COLUMNS_AFTER_REMOTE = 8 };

	while (out.ptr) {
		struct str line = str_cut(&out, '\n');
		struct str remote, offset = {0};
		int64_t us;

		if (!text_skip(&line, "*") && !text_skip(&line, "o"))
			continue;
		remote = text_word(&line);
		for (int i = 0; i < COLUMNS_AFTER_REMOTE; i++)
			offset = text_word(&line);
		if (!remote.ptr || !take_decimal(&offset, DECIMALS_OF_MS, &us) || offset.len > 0)
			continue;
		*ret_clock = (struct clock_state){
			.has_offset = true, .offset_ms = us_to_ms(-us), .source = remote};
		return true;
	}
	return false;
}

static const struct keeper {
	enum daemon daemon;
	const char *name;
	const char *const argv[4];
	bool (*read)(struct str out, struct clock_state *ret_clock);
} keepers[] = {
	{DAEMON_CHRONYD,	 "chronyd", {"chronyc", "-n", "tracking", NULL},	 clock_read_chronyc},
	{DAEMON_TIMESYNCD,
	 "systemd-timesyncd",	 {"timedatectl", "timesync-status", NULL},
	 clock_read_timedatectl								   },
	{DAEMON_NTPD,      "ntpd",    {"ntpq", "-pn", NULL},		     clock_read_ntpq   },
};

void
clock_probe(struct collection *c)
{
	static const char what[] = "clock offset and source";

	for (size_t i = 0; i < COUNT_OF(keepers); i++) {
		const struct keeper *k = &keepers[i];
		struct str out;

		if (c->daemons[k->daemon] != YES)
			continue;
		if (!collection_run_program(c, k->argv, &out))
			collection_gap(c, what, "%s runs, but %s gave no answer", k->name,
				       k->argv[0]);
		else if (!k->read(out, &c->endpoint.clock))
			collection_gap(c, what, "%s runs, but tells no source or no offset",
				       k->name);
		return;
	}
	collection_gap(c, what, "neither chronyd, systemd-timesyncd nor ntpd is seen to run");
}
