#include "base/buf.h"
#include "store/db.h"
#include "test.h"

#include <string.h>

/* What an expression gives, as text; "null" for null. */
static void
check_in(struct db *db, const char *expression, const char *expected)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = 4096};
	CLEANUP(buf_fini) struct buf got = {.limit = 4096};
	DB_STMT *s = NULL;
	struct err e = {0};
	bool row = false;

	buf_addf(&sql, "select %s", expression);
	if (db_prepare(db, sql.data, &s, &e) || db_step(s, &row, &e) || !row) {
		fprintf(stderr, "%s: %s\n", expression, e.message);
		abort();
	}
	if (db_is_null(s, 0))
		buf_addf(&got, "null");
	else
		buf_addf(&got, "%.*s", STR_ARG(db_text(s, 0)));
	if (strcmp(got.data, expected) != 0) {
		fprintf(stderr, "%s gives %s instead of %s\n", expression, got.data, expected);
		abort();
	}
}

struct expected {
	const char *expression;
	const char *result;
};

static void
check_all(const struct expected *cases, size_t count, const char *zone_name)
{
	CLEANUP(db_closep) struct db *db = NULL;
	const struct zone *zone;
	struct arena a;
	struct err e = {0};

	arena_init(&a, 1 << 20);
	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	if (zone_name) {
		CHECK(zone_load(zone_name, &a, &zone, &e) == ERR_NONE);
		CHECK(!db_set_zone(db, zone, &e));
	}
	for (size_t i = 0; i < count; i++)
		check_in(db, cases[i].expression, cases[i].result);
	arena_fini(&a);
}

TEST(func_days_and_hours_between_count_whole_units)
{
	static const struct expected cases[] = {
		{"days_between('2026-03-01', '2026-03-01')",			     "0"	},
		{"days_between('2026-03-01', '2026-03-02')",			     "1"	},
		{"days_between('2026-03-02', '2026-03-01')",			     "-1"	 },
		{"days_between('2024-02-28', '2024-03-01')",			     "2"	},
		{"days_between('2026-02-28', '2026-03-01')",			     "1"	},
		{"days_between('2100-02-28', '2100-03-01')",			     "1"	},
		{"days_between('2000-02-28', '2000-03-01')",			     "2"	},
		{"days_between('0001-01-01', '9999-12-31')",			     "3652058"},
		{"days_between('2026-03-01T23:59:59Z', '2026-03-02T00:00:00Z')",	 "1"	    },
		{"days_between('2026-03-01T00:00:00Z', '2026-03-01T23:59:59Z')",	 "0"	    },
		{"days_between('2026-03-01', '2026-03-04T12:00:00Z')",	       "3"	  },
 /* By the UTC date of the instant, not by how it is written. */
		{"days_between('2026-03-01', '2026-03-01T23:30:00-05:00')",	    "1"      },
		{"hours_between('2026-03-01T00:00:00Z', '2026-03-01T00:59:59Z')", "0"	     },
		{"hours_between('2026-03-01T00:00:00Z', '2026-03-01T01:00:00Z')", "1"	     },
		{"hours_between('2026-03-02T00:00:00Z', '2026-03-01T00:00:00Z')", "-24"    },
		{"hours_between('2026-02-28T12:00:00Z', '2026-03-01T12:00:00Z')", "24"     },
	};

	check_all(cases, COUNT_OF(cases), NULL);
}

TEST(func_shifts_keep_the_kind_and_end_at_the_last_day_of_a_month)
{
	static const struct expected cases[] = {
		{"add_days('2026-02-28', 1)",		      "2026-03-01"	  },
		{"add_days('2024-02-28', 1)",		      "2024-02-29"	  },
		{"add_days('2026-01-01', -1)",		       "2025-12-31"	   },
		{"add_days('2026-01-01T06:07:08Z', 1)",		"2026-01-02T06:07:08Z"},
		{"add_days('9999-12-31', 0)",		      "9999-12-31"	  },
		{"add_days('9999-12-31', 1)",		      "null"		    },
		{"add_days('0001-01-01', -1)",		       "null"		     },
		{"add_days('0001-01-01', 3652058)",		    "9999-12-31"		},
		{"add_days('2026-01-01', 9223372036854775807)",	"null"		      },
		{"add_days('2026-01-01', -9223372036854775807)", "null"		       },
		{"add_months('2026-01-31', 1)",			"2026-02-28"	    },
		{"add_months('2024-01-31', 1)",			"2024-02-29"	    },
		{"add_months('2026-03-31', -1)",		 "2026-02-28"	     },
		{"add_months('2026-05-31', 1)",			"2026-06-30"	    },
		{"add_months('2026-11-30', 3)",			"2027-02-28"	    },
		{"add_months('2026-12-15', 1)",			"2027-01-15"	    },
		{"add_months('2026-01-31T23:59:59Z', 1)",	  "2026-02-28T23:59:59Z"},
		{"add_months('9999-12-01', 1)",			"null"		      },
		{"add_months('0001-01-31', -1)",		 "null"		       },
		{"add_months('2026-01-01', 12001)",		    "null"		  },
		{"add_years('2024-02-29', 1)",		       "2025-02-28"	   },
		{"add_years('2024-02-29', 4)",		       "2028-02-29"	   },
		{"add_years('2096-02-29', 4)",		       "2100-02-28"	   },
		{"add_years('0001-01-01', 9998)",		  "9999-01-01"	      },
		{"add_years('0001-01-01', 9999)",		  "null"		},
		{"add_years('2026-06-15', -2026)",		   "null"		 },
		{"add_hours('2026-12-31T23:00:00Z', 1)",	 "2027-01-01T00:00:00Z"},
		{"add_hours('2026-03-01T00:00:00Z', -1)",	  "2026-02-28T23:00:00Z"},
		{"add_hours('9999-12-31T23:00:00Z', 1)",	 "null"		       },
		{"add_hours('0001-01-01T00:00:00Z', -1)",	  "null"		},
		{"add_hours('2026-03-01', 1)",		       "null"		     },
		{"add_minutes('2024-02-28T23:59:00Z', 1)",	   "2024-02-29T00:00:00Z"},
		{"add_minutes('2026-03-01T00:00:00Z', -1)",	    "2026-02-28T23:59:00Z"},
		{"add_minutes('9999-12-31T23:59:59Z', 1)",	   "null"		 },
	};

	check_all(cases, COUNT_OF(cases), NULL);
}

TEST(func_date_of_follows_the_zone_of_the_plan)
{
	static const struct expected london[] = {
		{"date_of('2026-01-15T23:59:59Z')", "2026-01-15"},
		{"date_of('2026-07-15T22:59:59Z')", "2026-07-15"},
		{"date_of('2026-07-15T23:00:00Z')", "2026-07-16"},
 /* 29 March 2026: the clocks go forward at 01:00 UTC. */
		{"date_of('2026-03-28T23:30:00Z')", "2026-03-28"},
		{"date_of('2026-03-29T00:59:59Z')", "2026-03-29"},
		{"date_of('2026-03-29T22:59:59Z')", "2026-03-29"},
		{"date_of('2026-03-29T23:00:00Z')", "2026-03-30"},
 /* 25 October 2026: they go back at 01:00 UTC. */
		{"date_of('2026-10-24T22:59:59Z')", "2026-10-24"},
		{"date_of('2026-10-24T23:00:00Z')", "2026-10-25"},
		{"date_of('2026-10-25T23:00:00Z')", "2026-10-25"},
		{"date_of('2026-10-26T00:00:00Z')", "2026-10-26"},
		{"date_of('2024-02-29T12:00:00Z')", "2024-02-29"},
		{"date_of('2026-03-01')",		  "null"	},
		{"date_of('no instant')",		  "null"	},
	};
	static const struct expected utc[] = {
		{"date_of('2026-07-15T23:00:00Z')", "2026-07-15"},
		{"date_of('0001-01-01T00:00:00Z')", "0001-01-01"},
		{"date_of('9999-12-31T23:59:59Z')", "9999-12-31"},
	};

	check_all(london, COUNT_OF(london), "Europe/London");
	check_all(utc, COUNT_OF(utc), NULL);
}

TEST(func_month_of_takes_dates_and_instants)
{
	static const struct expected cases[] = {
		{"month_of('2026-06-30')",		   "2026-06"},
		{"month_of('2026-06-30T23:59:59Z')",	     "2026-06"},
		{"month_of('2026-06-30T23:30:00-05:00')", "2026-07"},
		{"month_of('2026-06-31')",		   "null"	 },
		{"month_of('2026-06')",			"null"   },
		{"month_of('')",				 "null"   },
		{"month_of(202606)",			     "null"   },
	};

	check_all(cases, COUNT_OF(cases), NULL);
}

TEST(func_lists_are_compared_word_by_word)
{
	static const struct expected cases[] = {
		{"list_has('[\"admin\",\"user\"]', 'user')",		     "1"		},
		{"list_has('[\"admin\",\"user\"]', 'use')",		    "0"	       },
		{"list_has('[\"admin\",\"user\"]', 'users')",		      "0"	 },
		{"list_has('[\"admin\",\"user\"]', '')",			 "0"	    },
		{"list_has('[]', 'user')",				   "0"	      },
		{"list_has('[\"\"]', '')",				   "1"	      },
 /* A word with what JSON escapes is still that word. */
		{"list_has('[\"say \\\"no\\\"\"]', 'say \"no\"')",	   "1"	      },
		{"list_has('[\"a\\\\\\\\b\"]', 'a\\\\b')",		   "1"	      },
		{"list_has('[\"a\\nb\"]', 'a' || x'0a' || 'b')",		 "1"	    },
		{"list_has('[\"a\\u001fb\"]', 'a' || x'1f' || 'b')",	     "1"		},
		{"list_has('[\"a\\\",\\\"b\"]', 'b')",		       "0"	  },
		{"list_has('[\"\xc3\xa9t\xc3\xa9\"]', '\xc3\xa9t\xc3\xa9')", "1"		},
		{"list_count('[]')",					 "0"		},
		{"list_count('[\"a\"]')",					  "1"	     },
		{"list_count('[\"a\",\"b, c\",\"d\\\"e\"]')",		      "3"	 },
		{"list_count('no list')",					  "0"	     },
		{"list_minus('[\"a\",\"b\",\"c\"]', '[\"b\"]')",		 "a, c"      },
		{"list_minus('[\"a\"]', '[\"a\"]')",			     "null"	   },
		{"list_minus('[]', '[\"a\"]')",				"null"      },
		{"list_minus('[\"a\"]', '[]')",				"a"	   },
		{"list_minus('[\"say \\\"no\\\"\",\"b\"]', '[\"b\"]')",	"say \"no\""},
	};

	check_all(cases, COUNT_OF(cases), NULL);
}

TEST(func_null_arguments_give_null)
{
	static const char *const calls[] = {
		"days_between(null, '2026-03-01')",
		"days_between('2026-03-01', null)",
		"hours_between(null, '2026-03-01T00:00:00Z')",
		"hours_between('2026-03-01T00:00:00Z', null)",
		"add_days(null, 1)",
		"add_days('2026-03-01', null)",
		"add_months(null, 1)",
		"add_months('2026-03-01', null)",
		"add_years(null, 1)",
		"add_years('2026-03-01', null)",
		"add_hours(null, 1)",
		"add_hours('2026-03-01T00:00:00Z', null)",
		"add_minutes(null, 1)",
		"add_minutes('2026-03-01T00:00:00Z', null)",
		"date_of(null)",
		"month_of(null)",
		"list_has(null, 'a')",
		"list_has('[\"a\"]', null)",
		"list_count(null)",
		"list_minus(null, '[\"a\"]')",
		"list_minus('[\"a\"]', null)",
		"list_minus(null, null)",
	};
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	for (size_t i = 0; i < COUNT_OF(calls); i++)
		check_in(db, calls[i], "null");
}

TEST(func_what_is_no_date_gives_null)
{
	static const char *const texts[] = {
		"''",
		"'2026-02-30'",
		"'2025-02-29'",
		"'2026-13-01'",
		"'0000-01-01'",
		"'2026-3-1'",
		"'01/03/2026'",
		"'2026-03-01x'",
		"'2026-03-01T25:00:00Z'",
		"'2026-03-01 '",
		"x'323032362d30332d3031'",
		"20260301",
		"'tomorrow'",
		"2026.5",
	};
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	CHECK(db_open(":memory:", DB_CREATE, &db, &e) == ERR_NONE);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		CLEANUP(buf_fini) struct buf call = {.limit = 256};

		buf_addf(&call, "days_between(%s, '2026-03-01')", texts[i]);
		check_in(db, call.data, "null");
		buf_fini(&call);
		call.limit = 256;
		buf_addf(&call, "add_days(%s, 1)", texts[i]);
		check_in(db, call.data, "null");
		buf_fini(&call);
		call.limit = 256;
		buf_addf(&call, "add_months(%s, 1)", texts[i]);
		check_in(db, call.data, "null");
	}
	check_in(db, "add_days('2026-03-01', '1')", "null");
	check_in(db, "add_days('2026-03-01', 1.5)", "null");
}
