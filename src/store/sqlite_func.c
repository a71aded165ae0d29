#include "store/sqlite_priv.h"

#include "base/civil.h"

#include <string.h>

/* Arguments that are null, or no date where one must stand, give null: a check then sees "unknown".
 */

static bool
text_arg(sqlite3_value *v, struct str *ret_text)
{
	if (sqlite3_value_type(v) != SQLITE_TEXT)
		return false;
	*ret_text =
		(struct str){(const char *)sqlite3_value_text(v), (size_t)sqlite3_value_bytes(v)};
	return true;
}

static bool
day_arg(sqlite3_value *v, int64_t *ret_days)
{
	struct str s;
	int64_t ms;

	if (!text_arg(v, &s))
		return false;
	if (s.len <= CIVIL_DATE_LEN)
		return civil_parse_date(s, ret_days);
	if (!civil_parse_instant(s, &ms))
		return false;
	*ret_days = civil_day_of(ms);
	return true;
}

static bool
instant_arg(sqlite3_value *v, int64_t *ret_ms)
{
	struct str s;

	return text_arg(v, &s) && civil_parse_instant(s, ret_ms);
}

static void
give_day(sqlite3_context *c, int64_t days)
{
	char text[CIVIL_DATE_LEN + 1];

	civil_format_date(days, text);
	sqlite3_result_text(c, text, CIVIL_DATE_LEN, SQLITE_TRANSIENT);
}

static void
give_instant(sqlite3_context *c, int64_t ms)
{
	char text[CIVIL_INSTANT_LEN + 1];

	civil_format_instant(ms, text);
	sqlite3_result_text(c, text, CIVIL_INSTANT_LEN, SQLITE_TRANSIENT);
}

static void
days_between(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t from;
	int64_t to;

	(void)n;
	if (day_arg(v[0], &from) && day_arg(v[1], &to))
		sqlite3_result_int64(c, to - from);
}

static void
hours_between(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t from;
	int64_t to;

	(void)n;
	if (instant_arg(v[0], &from) && instant_arg(v[1], &to))
		sqlite3_result_int64(c, (to - from) / 3600000);
}

/* The date or instant moved to `days`, keeping the time of day. */
static void
give_moved(sqlite3_context *c, sqlite3_value *v, int64_t days)
{
	int64_t ms;

	if (sqlite3_value_bytes(v) == CIVIL_DATE_LEN) {
		give_day(c, days);
	} else if (instant_arg(v, &ms)) {
		give_instant(c, days * 86400000 + (ms - civil_day_of(ms) * 86400000));
	}
}

/* Years past 9999 and before 1 do not exist; a sum that leaves them gives null. */
static bool
sane_shift(int64_t n)
{
	return n > -4000000 && n < 4000000;
}

static bool
sane_day(int64_t days)
{
	return days >= civil_days((struct civil){1, 1, 1}) &&
	       days <= civil_days((struct civil){9999, 12, 31});
}

static void
add_days(sqlite3_context *c, int argc, sqlite3_value **v)
{
	int64_t days;
	int64_t n = sqlite3_value_int64(v[1]);

	(void)argc;
	if (sqlite3_value_type(v[1]) == SQLITE_INTEGER && sane_shift(n) && day_arg(v[0], &days) &&
	    sane_day(days + n))
		give_moved(c, v[0], days + n);
}

static void
add_months_times(sqlite3_context *c, sqlite3_value **v, int64_t months)
{
	int64_t days;
	int64_t n = sqlite3_value_int64(v[1]);

	if (sqlite3_value_type(v[1]) != SQLITE_INTEGER || n < -12000 || n > 12000 ||
	    !day_arg(v[0], &days))
		return;
	days = civil_add_months(days, n * months);
	if (sane_day(days))
		give_moved(c, v[0], days);
}

static void
add_months(sqlite3_context *c, int argc, sqlite3_value **v)
{
	(void)argc;
	add_months_times(c, v, 1);
}

static void
add_years(sqlite3_context *c, int argc, sqlite3_value **v)
{
	(void)argc;
	add_months_times(c, v, 12);
}

static void
add_seconds(sqlite3_context *c, sqlite3_value **v, int64_t seconds)
{
	int64_t ms;
	int64_t n = sqlite3_value_int64(v[1]);

	if (sqlite3_value_type(v[1]) == SQLITE_INTEGER && sane_shift(n) && instant_arg(v[0], &ms) &&
	    sane_day(civil_day_of(ms + n * seconds * 1000)))
		give_instant(c, ms + n * seconds * 1000);
}

static void
add_hours(sqlite3_context *c, int argc, sqlite3_value **v)
{
	(void)argc;
	add_seconds(c, v, 3600);
}

static void
add_minutes(sqlite3_context *c, int argc, sqlite3_value **v)
{
	(void)argc;
	add_seconds(c, v, 60);
}

static void
date_of(sqlite3_context *c, int n, sqlite3_value **v)
{
	const struct sqlite_db *d = sqlite3_user_data(c);
	int64_t ms;

	(void)n;
	if (instant_arg(v[0], &ms))
		give_day(c, d->base.zone ? zone_date(d->base.zone, ms) : civil_day_of(ms));
}

static void
month_of(sqlite3_context *c, int n, sqlite3_value **v)
{
	char text[CIVIL_DATE_LEN + 1];
	int64_t days;

	(void)n;
	if (!day_arg(v[0], &days))
		return;
	civil_format_date(days, text);
	sqlite3_result_text(c, text, 7, SQLITE_TRANSIENT);
}

/* A list is canonical JSON text: ["a","b"]. The word is given as it stands there, escaped. */
static bool
next_word(struct str *list, struct str *ret_word)
{
	const char *start = list->len ? memchr(list->ptr, '"', list->len) : NULL;
	size_t end;

	if (!start)
		return false;
	list->len -= (size_t)(start + 1 - list->ptr);
	list->ptr = start + 1;
	for (end = 0; end < list->len && list->ptr[end] != '"'; end++)
		end += list->ptr[end] == '\\';
	if (end >= list->len)
		return false;
	*ret_word = (struct str){list->ptr, end};
	list->ptr += end + 1;
	list->len -= end + 1;
	return true;
}

/* Takes one character off an escaped word. Canonical JSON escapes quotes, backslashes and control
 * characters, and nothing else. */
static char
next_byte(struct str *word)
{
	static const char letters[] = "btnfr";
	static const char meant[] = "\b\t\n\f\r";
	static const char digits[] = "0123456789abcdef";
	const char *p = word->ptr;
	size_t used = 1;
	char byte = p[0];

	if (byte == '\\' && word->len >= 2) {
		const char *letter = memchr(letters, p[1], sizeof(letters) - 1);

		used = 2;
		byte = letter ? meant[letter - letters] : p[1];
		if (p[1] == 'u' && word->len >= 6) {
			const char *high = memchr(digits, p[4], sizeof(digits) - 1);
			const char *low = memchr(digits, p[5], sizeof(digits) - 1);

			used = 6;
			byte = '?';
			if (high && low)
				byte = (char)((high - digits) * 16 + (low - digits));
		}
	}
	word->ptr += used;
	word->len -= used;
	return byte;
}

static bool
word_is(struct str escaped, struct str plain)
{
	while (escaped.len > 0 && plain.len > 0) {
		if (next_byte(&escaped) != plain.ptr[0])
			return false;
		plain.ptr++;
		plain.len--;
	}
	return escaped.len == 0 && plain.len == 0;
}

/* Whether the list has the word, both as lists hold it. */
static bool
has_word(struct str list, struct str word)
{
	struct str w;

	while (next_word(&list, &w)) {
		if (str_eq(w, word))
			return true;
	}
	return false;
}

static void
list_has(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct str list;
	struct str word;
	struct str w;
	bool has = false;

	(void)n;
	if (!text_arg(v[0], &list) || !text_arg(v[1], &word))
		return;
	/* Where nothing is escaped, a word that is not in the text at all is not in the list. */
	if (!memchr(list.ptr, '\\', list.len) && !memmem(list.ptr, list.len, word.ptr, word.len))
		list.len = 0;
	while (!has && next_word(&list, &w))
		has = word_is(w, word);
	sqlite3_result_int(c, has);
}

static void
list_count(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct str list;
	struct str word;
	int count = 0;

	(void)n;
	if (!text_arg(v[0], &list))
		return;
	while (next_word(&list, &word))
		count++;
	sqlite3_result_int(c, count);
}

static void
list_minus(sqlite3_context *c, int n, sqlite3_value **v)
{
	sqlite3_str *out;
	struct str a;
	struct str b;
	struct str word;

	(void)n;
	if (!text_arg(v[0], &a) || !text_arg(v[1], &b))
		return;
	out = sqlite3_str_new(sqlite3_context_db_handle(c));
	while (next_word(&a, &word)) {
		if (has_word(b, word))
			continue;
		if (sqlite3_str_length(out) > 0)
			sqlite3_str_append(out, ", ", 2);
		while (word.len > 0)
			sqlite3_str_appendchar(out, 1, next_byte(&word));
	}
	/* An empty one gives NULL here, which is what the function promises. */
	sqlite3_result_text(c, sqlite3_str_finish(out), -1, sqlite3_free);
}

static const struct {
	const char *name;
	int args;
	void (*run)(sqlite3_context *c, int n, sqlite3_value **v);
} function_table[] = {
	{"days_between",	 2, days_between },
	   {"hours_between", 2, hours_between},
	{"add_days",	     2, add_days	},
	   {"add_months",	  2, add_months   },
	{"add_years",     2, add_years	  },
	   {"add_hours",	 2, add_hours    },
	{"add_minutes",	2, add_minutes  },
	   {"date_of",       1, date_of	 },
	{"month_of",	     1, month_of	},
	   {"list_has",	2, list_has	   },
	{"list_count",    1, list_count   },
	   {"list_minus",	  2, list_minus   },
};

enum err_code
sqlite_add_functions(struct sqlite_db *d, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(function_table); i++) {
		int rc = sqlite3_create_function_v2(
			d->handle, function_table[i].name, function_table[i].args,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, d,
			function_table[i].run, NULL, NULL, NULL);

		if (rc != SQLITE_OK)
			return sqlite_fail(d, "functions", e);
	}
	return ERR_NONE;
}
