#include "store/pg_priv.h"

#include "base/civil.h"

/* The functions of the plan format as the server's own. They give what those of sqlite_func.c give:
 * null for what is null, or no date where one must stand.
 *
 * They are called millions of times. A regular expression costs more than all the rest of such a
 * call, so dates and instants as registers hold them are known by their parts, which the server
 * finds in hashed lists; only other ways of writing them are taken apart. It puts the text of an
 * INLINE function in place of the call where the arguments are plain, so these are for the others
 * here; CODE is entered, which costs the same whatever the arguments are.
 *
 * Dates are turned into text as the session's datestyle has them, which is ISO (pg.c). Ours stand
 * before pg_catalog in the search path, so those of the server that we have as well are named with
 * it. */

enum {
	STATEMENT_LIMIT = 131072,
	PLAIN_YEAR_FIRST = 1900, /* others are dates as well, and take longer */
	PLAIN_YEAR_LAST = 2099,
	COMMON_YEAR = 2001
};

enum kind { INLINE, CODE, ZONED };

static const char *const kinds[] = {
	[INLINE] = "language sql stable parallel safe",
	[CODE] = "language plpgsql immutable strict parallel safe cost 20",
	[ZONED] = "language plpgsql stable strict parallel safe cost 20",
};

struct function {
	const char *head;
	const char *gives;
	enum kind kind;
	const char *body;
};

static const struct function dates_taken_apart[] = {
	{"civil_day(y int, m int, d int)", "date",	   CODE,
	 "begin if y < 1 or m not between 1 and 12 or d < 1 then return null; end if; "
	 "if d > date_part('day', make_date(y, m, 1) + interval '1 month - 1 day') then "
	 "return null; end if; "
	 "return make_date(y, m, d); end"							},
 /* ISO 8601 as civil_parse_instant (base/civil.h) reads it. */
	{"any_instant(t text)",		"timestamp", CODE,
	 "declare p text[] := regexp_match(t, '^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):"
	 "([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?(?:Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)?$'); "
	 "day date := civil_day(cast(p[1] as int), cast(p[2] as int), cast(p[3] as int)); "
	 "seconds int := cast(coalesce(p[6], '0') as int); "
	 "ms int := cast(pg_catalog.left(rpad(coalesce(p[7], '0'), 3, '0'), 3) as int); "
	 "h int := cast(coalesce(p[9], '0') as int); m int := cast(coalesce(p[10], '0') as int); "
	 "point timestamp; "
	 "begin if day is null or cast(p[4] as int) > 23 or cast(p[5] as int) > 59 or "
	 "seconds > 60 or h > 23 or m > 59 then return null; end if; "
	 "point := day + make_interval(hours => cast(p[4] as int), mins => cast(p[5] as int), "
	 "secs => least(seconds, 59)) + ms * interval '1 millisecond'; "
	 "if p[8] = '+' then point := point - make_interval(hours => h, mins => m); "
	 "elsif p[8] = '-' then point := point + make_interval(hours => h, mins => m); end if; "
	 "if point < '0001-01-01' or point >= '10000-01-01' then return null; end if; "
	 "return point; end"								     },
	{"any_day(t text)",		    "date",	    CODE,
	 "begin if t !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then return null; end if; "
	 "return civil_day(cast(pg_catalog.left(t, 4) as int), "
	 "cast(pg_catalog.substr(t, 6, 2) as int), cast(pg_catalog.substr(t, 9, 2) as int)); end"},
};

/* After the two that recognise dates and instants. A sum that leaves the years 1 to 9999 gives
 * null, and so does a shift that nobody can mean; nothing may leave what the server can reckon
 * with, so the least and the most are looked at first. */

#define POINT_OF_D                                                                                 \
	"declare point timestamp := case when octet_length(d) = 10 then day_from(d) "              \
	"else instant_from(d) end; "

#define MONTHS_ADDED(each)                                                                         \
	POINT_OF_D "months bigint; "                                                               \
		   "begin if n < -12000 or n > 12000 then return null; end if; "                   \
		   "months := date_part('year', point) * 12 + date_part('month', point) - 1 + n "  \
		   "* " each "; if months between 12 and 119999 then "                             \
		   "return moved(d, point + make_interval(months => cast(n * " each " as int))); " \
		   "end if; return null; end"

#define TIME_ADDED(each)                                                                           \
	"begin if n <= -4000000 or n >= 4000000 then return null; end if; "                        \
	"return moved(d, instant_from(d) + cast(n as int) * interval '" each "'); end"

static const struct function dates[] = {
	/* A date stays one; the seconds of an instant are whole. */
	{"moved(d text, point timestamp)", "text",   INLINE,
	 "case when $2 >= '0001-01-01' and $2 < '10000-01-01' then case when octet_length($1) = 10 "
	 "then pg_catalog.left(cast($2 as text), 10) "
	 "else pg_catalog.replace(pg_catalog.left(cast($2 as text), 19), ' ', 'T') || 'Z' end end"},
	{"days_between(a text, b text)",	 "bigint", CODE,
	 "begin return day_from(b) - day_from(a); end"					      },
	{"hours_between(a text, b text)",  "bigint", CODE,
	 "begin return trunc(date_part('epoch', instant_from(b) - instant_from(a)) / 3600); end"	},
	{"add_days(d text, n bigint)",     "text",   CODE,
	 POINT_OF_D
	 "begin if n <= -4000000 or n >= 4000000 then return null; end if; "
	 "if cast(point as date) - date '0001-01-01' + n between 0 and 3652058 then "
	 "return moved(d, point + cast(n as int) * interval '1 day'); end if; return null; end"   },
	{"add_months(d text, n bigint)",	 "text",	 CODE,   MONTHS_ADDED("1")			},
	{"add_years(d text, n bigint)",	"text",	CODE,   MONTHS_ADDED("12")			},
	{"add_hours(d text, n bigint)",	"text",	CODE,   TIME_ADDED("1 hour")		  },
	{"add_minutes(d text, n bigint)",  "text",	  CODE,	TIME_ADDED("1 minute")		      },
	{"month_of(d text)",		     "text",   CODE,
	 "begin return pg_catalog.left(cast(day_from(d) as text), 7); end"			  },
 /* The session's own zone is the plan's. */
	{"date_of(t text)",		    "text",   ZONED,
	 "declare day date := instant_from(t) at time zone 'UTC'; "
	 "begin if day is null then return null; end if; "
	 "return cast(least(greatest(day, '0001-01-01'), '9999-12-31') as text); end"	     },
};

/* A list is canonical JSON text: ["a","b"]. Where nothing is escaped, each second quotation mark
 * ends a word. */

#define EACH_WORD(list) "regexp_matches(" list ", '\"((?:[^\"\\\\]|\\\\.)*)\"', 'g')"

static const struct function lists[] = {
	/* Canonical JSON escapes quotes, backslashes and control characters, and nothing else. */
	{"plain_word(escaped text)",	     "text",   CODE,
	 "begin if strpos(escaped, E'\\\\') = 0 then return escaped; end if; "
	 "return coalesce((select string_agg(case "
	 "when m.part[1] !~ '^\\\\' then m.part[1] "
	 "when m.part[1] ~ '^\\\\u..([1-7][0-9a-f]|0[1-9a-f])' then "
	 "chr(get_byte(decode(right(m.part[1], 2), 'hex'), 0)) "
	 "when m.part[1] ~ '^\\\\u....' then '?' "
	 "when pg_catalog.substr(m.part[1], 2) ~ '[btnfr]' then "
	 "translate(pg_catalog.substr(m.part[1], 2), 'btnfr', E'\\b\\t\\n\\f\\r') "
	 "else pg_catalog.substr(m.part[1], 2) end, '' order by m.at) "
	 "from regexp_matches(escaped, '(\\\\u....|\\\\.|[^\\\\]+)', 'g') "
	 "with ordinality m (part, at)), ''); end"					  },
	{"list_has(list text, word text)", "bigint", CODE,
	 "declare at int; "
	 "begin if strpos(list, E'\\\\') = 0 then at := strpos(list, '\"' || word || '\"'); "
	 "if at = 0 then return 0; end if; "
	 "if (at - pg_catalog.length(replace(pg_catalog.left(list, at), '\"', ''))) % 2 = 1 then "
	 "return 1; end if; end if; "
	 "return cast(exists (select from " EACH_WORD(
		 "list") " m where "
			 "plain_word(m[1]) = word) as int); end"				},
	{"list_count(list text)",	  "bigint", CODE,
	 "begin if strpos(list, E'\\\\') = 0 then "
	 "return (octet_length(list) - octet_length(replace(list, '\"', ''))) / 2; end if; "
	 "return (select count(*) from " EACH_WORD("list") "); end"			   },
 /* Canonical lists without escapes are cut at what stands between two words. */
	{"list_cut(list text)",		"text[]", INLINE,
	 "case when $1 = '[]' then '{}' when $1 = '[\"\"]' then '{\"\"}' when strpos($1, E'\\\\') "
	 "= 0 and "
	 "pg_catalog.left($1, 2) = '[\"' and right($1, 2) = '\"]' then "
	 "string_to_array(pg_catalog.substr($1, 3, pg_catalog.length($1) - 4), '\",\"') end"},
	{"list_minus(a text, b text)",     "text",   CODE,
	 "declare words text[] := list_cut(a); gone text[] := list_cut(b); word text; "
	 "rest text := ''; "
	 "begin if words is null or strpos(array_to_string(words, ''), '\"') > 0 then "
	 "words := array(select m[1] from " EACH_WORD(
		 "a") " m); end if; "
		      "if gone is null or strpos(array_to_string(gone, ''), '\"') > 0 then "
		      "gone := array(select m[1] from " EACH_WORD(
			      "b") " m); end if; "
				   "foreach word in array words loop if word <> all (gone) then "
				   "if rest <> '' then rest := rest || ', '; end if; "
				   "rest := rest || plain_word(word); end if; end loop; "
				   "return nullif(rest, ''); end"				 },
};

/* Where the server's own of that name gives something else: it lowers more letters than those of
 * ASCII, counts in a smaller type or in a larger, and knows no place from the end of a text. */
static const struct function others[] = {
	{"min(a text, b text)",				"text",	CODE,
	 "begin return least(a collate \"C\", b collate \"C\"); end"						    },
	{"max(a text, b text)",				"text",	CODE,
	 "begin return greatest(a collate \"C\", b collate \"C\"); end"					       },
	{"min(a bigint, b bigint)",			    "bigint", CODE,   "begin return least(a, b); end"	   },
	{"max(a bigint, b bigint)",			    "bigint", CODE,   "begin return greatest(a, b); end"     },
	{"lower(t text)",				  "text",	  INLINE, "pg_catalog.lower($1 collate \"C\")"   },
	{"upper(t text)",				  "text",	  INLINE, "pg_catalog.upper($1 collate \"C\")"   },
	{"length(t text)",				 "bigint", INLINE, "cast(pg_catalog.length($1) as bigint)"},
 /* As substrFunc of SQLite does it. */
	{"any_substr(t text, start bigint, count bigint)", "text",   CODE,
	 "declare size bigint := pg_catalog.length(t); z bigint := abs(count); "
	 "begin if start < 0 then start := start + size; if start < 0 then "
	 "z := greatest(z + start, 0); start := 0; end if; "
	 "elsif start > 0 then start := start - 1; "
	 "elsif z > 0 then z := z - 1; end if; "
	 "if count < 0 then start := start - z; if start < 0 then z := z + start; start := 0; "
	 "end if; end if; "
	 "if z <= 0 or start >= size then return ''; end if; "
	 "return pg_catalog.substr(t, cast(start + 1 as int), cast(least(z, size) as int)); end"			},
	{"substr(t text, start bigint, count bigint)",     "text",   INLINE,
	 "case when $2 between 1 and 2000000000 and $3 between 0 and 2000000000 then "
	 "pg_catalog.substr($1, cast($2 as int), cast($3 as int)) else any_substr($1, $2, $3) end"		  },
	{"substr(t text, start int, count int)",		 "text",	 INLINE,
	 "case when $2 > 0 and $3 >= 0 then pg_catalog.substr($1, $2, $3) "
	 "else any_substr($1, $2, $3) end"									  },
	{"substr(t text, start bigint)",			 "text",	 INLINE,
	 "case when $2 between 1 and 2000000000 then pg_catalog.substr($1, cast($2 as int)) "
	 "else any_substr($1, $2, 2000000000) end"								  },
	{"substr(t text, start int)",		      "text",   INLINE,
	 "case when $2 > 0 then pg_catalog.substr($1, $2) "
	 "else any_substr($1, $2, 2000000000) end"								  },
};

static const char sum_of_numbers[] =
	"create or replace aggregate sum(bigint) (sfunc = pg_catalog.int8pl, stype = bigint, "
	"combinefunc = pg_catalog.int8pl, parallel = safe); ";

/* Whether `part` is two digits below `count`, between the two texts. */
static void
one_of(struct buf *sql, const char *part, const char *before, int count, const char *after)
{
	buf_addf(sql, "pg_catalog.%s = any ('{", part);
	for (int i = 0; i < count; i++)
		buf_addf(sql, "%s%s%02d%s", i > 0 ? "," : "", before, i, after);
	buf_addf(sql, "}')");
}

/* Any day of a year but 29 February. */
static void
day_known(struct buf *sql)
{
	buf_addf(sql, "pg_catalog.left($1, 4) = any ('{");
	for (int year = PLAIN_YEAR_FIRST; year <= PLAIN_YEAR_LAST; year++)
		buf_addf(sql, "%s%04d", year > PLAIN_YEAR_FIRST ? "," : "", year);
	buf_addf(sql, "}') and pg_catalog.substr($1, 5, 6) = any ('{");
	for (int month = 1; month <= 12; month++) {
		for (int day = 1; day <= civil_month_length(COMMON_YEAR, month); day++)
			buf_addf(sql, "%s-%02d-%02d", month + day > 2 ? "," : "", month, day);
	}
	buf_addf(sql, "}')");
}

static void
add(struct buf *sql, const struct function *f)
{
	const char *how = kinds[f->kind];

	buf_addf(sql, "create or replace function %s returns %s %s as $f$%s%s$f$; ", f->head,
		 f->gives, how, f->kind == INLINE ? "select " : "", f->body);
}

static void
add_all(struct buf *sql, const struct function *f, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(sql, &f[i]);
}

static void
add_recognisers(struct buf *sql)
{
	CLEANUP(buf_fini) struct buf day = {.limit = STATEMENT_LIMIT};
	CLEANUP(buf_fini) struct buf instant = {.limit = STATEMENT_LIMIT};

	buf_addf(&day, "case when octet_length($1) = 10 and ");
	day_known(&day);
	buf_addf(&day, " then cast($1 as date) when octet_length($1) > 10 then "
		       "cast(instant_from($1) as date) else any_day($1) end");
	buf_addf(&instant, "case when octet_length($1) = 20 and ");
	day_known(&instant);
	buf_addf(&instant, " and ");
	one_of(&instant, "substr($1, 11, 4)", "T", 24, ":");
	buf_addf(&instant, " and ");
	one_of(&instant, "substr($1, 15, 3)", "", 60, ":");
	buf_addf(&instant, " and ");
	one_of(&instant, "substr($1, 18)", "", 60, "Z");
	buf_addf(&instant, " then cast(pg_catalog.left($1, 19) as timestamp) "
			   "else any_instant($1) end");
	add(sql, &(struct function){"instant_from(t text)", "timestamp", INLINE, instant.data});
	add(sql, &(struct function){"day_from(t text)", "date", INLINE, day.data});
	sql->failed = sql->failed || day.failed || instant.failed;
}

enum err_code
pg_add_functions(struct db *db, struct err *e)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = STATEMENT_LIMIT};

	add_all(&sql, dates_taken_apart, COUNT_OF(dates_taken_apart));
	add_recognisers(&sql);
	add_all(&sql, dates, COUNT_OF(dates));
	add_all(&sql, lists, COUNT_OF(lists));
	add_all(&sql, others, COUNT_OF(others));
	buf_addf(&sql, "%s", sum_of_numbers);
	if (sql.failed)
		return err_set(e, ERR_INTERNAL, "", "a schema statement is too long");
	return db_exec(db, sql.data, e);
}
