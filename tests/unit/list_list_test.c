#include "list_fixture.h"

#include "base/limits.h"
#include "test.h"

#include <string.h>

static void
is(const char *have, const char *expected)
{
	if (strcmp(have, expected) != 0) {
		fprintf(stderr, "have: %s\nnot:  %s\n", have, expected);
		abort();
	}
}

static void
has(const char *text, const char *words)
{
	if (!strstr(text, words)) {
		fprintf(stderr, "'%s' has no '%s'\n", text, words);
		abort();
	}
}

static void
fill(struct list_fixture *f)
{
	item_put(f, "a1",
		 "state=open|note=Red printer|size=5|price=1.5|used=yes|kind=one|"
		 "bought_on=2026-06-14|seen_at=2026-06-14T22:30:00Z|colours=red;blue");
	item_put(f, "a2",
		 "state=closed|note=blue printer|size=-3|price=10|used=no|kind=other|"
		 "bought_on=2026-06-15|seen_at=2026-06-14T23:00:00Z|parent=ITM-1");
	item_put(f, "b3",
		 "note=100% wool_x|size=40|colours=green|parts=ITM-1;ITM-2|"
		 "lines=[{\"text\":\"keep\",\"number\":2},{\"text\":\"go\"}]");
	item_put(f, "b4",
		 "state=open|parent=ITM-2|parts=ITM-2|seen_at=2026-06-15T23:00:00Z|"
		 "lines=[{\"text\":\"go\",\"subject\":\"ITM-1\"}]");
}

TEST(list_filters_by_every_type_of_field)
{
	static const char *const asked[][2] = {
		{"",			 "a1 a2 b3 b4"},
		{"state=open",	       "a1 b4"      },
		{"state!=open",		"a2 b3"      },
		{"state=",		   "b3"	       },
		{"state=,closed",		  "a2 b3"	 },
		{"state!=,closed",	   "a1 b4"	  },
		{"key=a2,b3",		      "a2 b3"	     },
		{"key>a1 key<=b3",	   "a2 b3"	  },
		{"organisation=beta",	      "b3 b4"	     },
		{"organisation!=beta",       "a1 a2"      },
		{"id=ITM-3",		     "b3"	 },
		{"feed=test",		      "a1 a2 b3 b4"},
		{"note~PRINTER",		 "a1 a2"	},
		{"note!~red",		      "a2 b3 b4"	},
		{"note~0%",		    "b3"		},
		{"note~l_x,red",		 "a1 b3"	},
		{"note~lxx",		     ""	       },
		{"note=\"Red printer\"",	 "a1"	     },
		{"note<a note!=",		  "a1 b3"	 },
		{"size>=5",		    "a1 b3"	   },
		{"size<0",		   "a2"	       },
		{"size=",			  "b4"	      },
		{"price=1.500",		"a1"	    },
		{"price>1.5",		      "a2"	  },
		{"used=no",		    "a2"		},
		{"used!=no",		     "a1 b3 b4"   },
		{"bought_on<2026-06-15",	 "a1"	     },
		{"bought_on=today",	    "a2"		},
		{"bought_on>=today-1",       "a1 a2"      },
		{"kind=one,other",	   "a1 a2"	  },
		{"kind!=one",		      "a2 b3 b4"	},
		{"colours=red",		"a1"	    },
		{"colours=red,green",	      "a1 b3"	     },
		{"colours!=red",		 "a2 b3 b4"   },
		{"colours=",		     "a2 b4"	    },
		{"parent=a1",		      "a2"	  },
		{"parent=ITM-2,a1",	    "a2 b4"	   },
		{"parent=alpha/a2",	    "b4"		},
		{"parent=item:a2",	   "b4"	       },
		{"parts=a1",		     "b3"	 },
		{"parts=a2",		     "b3 b4"	    },
		{"parts=",		   "a1 a2"	  },
		{"parts!=a1",		      "a1 a2 b4"	},
		{"parts=,a1",		      "a1 a2 b3"	},
		{"parts!=,a1",	       "b4"	   },
		{"lines=",		   "a1 a2"	  },
		{"lines!=",		    "b3 b4"	   },
		{"lines.text=go",		  "b3 b4"	 },
		{"lines.text=keep",	    "b3"		},
		{"lines.text!=keep",	     "a1 a2 b4"   },
		{"lines.text~E",		 "b3"	     },
		{"lines.number>1",	   "b3"	       },
		{"lines.number=",		  "a1 a2 b4"   },
		{"lines.subject=a1",	     "b4"	 },
		{"state=open size>1",	      "a1"	  },
		{"recorded_from=2026-06-15", "a1 a2 b3 b4"},
		{"recorded_from<2026-06-15", ""	       },
		{"row_version=1 size=40",	  "b3"	      },
	};
	LISTED f;

	list_open(&f);
	fill(&f);
	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		const struct list_question thorough = {
			.filter = str_of(asked[i][0]), .limit = 1, .thorough = true};

		is(keys_of(&f, asked[i][0], NULL), asked[i][1]);
		is(list_keys(&f, &thorough), asked[i][1]);
	}
}

TEST(list_takes_a_day_of_an_instant_in_the_plans_zone)
{
	LISTED f;

	list_open(&f);
	fill(&f);
	/* London is an hour ahead of UTC in June: 23:00Z begins the next day. */
	is(keys_of(&f, "seen_at=2026-06-14", NULL), "a1");
	is(keys_of(&f, "seen_at=2026-06-15", NULL), "a2");
	is(keys_of(&f, "seen_at=2026-06-14,2026-06-14T23:00:00Z", NULL), "a1 a2");
	is(keys_of(&f, "seen_at<=2026-06-15", NULL), "a1 a2");
	is(keys_of(&f, "seen_at<2026-06-15", NULL), "a1");
	is(keys_of(&f, "seen_at>2026-06-14", NULL), "a2 b4");
	is(keys_of(&f, "seen_at>2026-06-14T22:30:00Z", NULL), "a2 b4");
	is(keys_of(&f, "seen_at>=2026-06-14T23:30:00+01:00", NULL), "a1 a2 b4");
	is(keys_of(&f, "seen_at>today", NULL), "b4");
}

TEST(list_refuses_what_a_field_cannot_be_asked)
{
	static const char *const asked[][2] = {
		{"state",		  "'state' is no filter; write FIELD=VALUE"	   },
		{"sice=1",		   "has no field 'sice'; did you mean 'size'?"     },
		{"state=opem",	       "did you mean 'open'?"			     },
		{"size=many",	      "'many' is no whole number"			 },
		{"size=\" \"",	       "' ' is empty"				     },
		{"price=1.2345",	 "three decimals"				 },
		{"used=perhaps",	 "neither true nor false"			 },
		{"bought_on=2026-02-30", "'2026-02-30' is no date"			  },
		{"bought_on=today-x",    "is no date"					  },
		{"seen_at=noon",	 "is no date or instant"				},
		{"kind~one",	     "'kind' cannot be asked with ~; there are = !=" },
		{"colours=pink",	 "no value of 'colours'"				},
		{"colours<red",		"cannot be asked with <"			},
		{"size<1,2",	     "takes one value"				      },
		{"size<",		  "'size<' needs a value"			 },
		{"note~",		  "'note~' needs a value"			 },
		{"note=\"open",		"none at its end"				 },
		{"note=\"a\"b",		"a comma or nothing"			    },
		{"parent=nobody",	  "there is no item 'nobody' now"		 },
		{"parent=a11",	       "there is no item 'a11' now; did you mean 'a1'?"},
		{"id=a1",		  "is no record of 'item'; write it as ITM-1042"	},
		{"id=ORG-1",	     "is no record of 'item'"			     },
		{"lines=go",	     "ask one of its parts, as in lines.text=VALUE"  },
		{"lines.txt=go",	 "no part 'txt'; did you mean 'text'?"	      },
		{"note.text=go",	 "'note' has no parts"			      },
		{"organisation=gamma",   "there is no organisation 'gamma' now"	     },
		{"note=\xff",	      "must be text in UTF-8"			     },
	};
	LISTED f;

	list_open(&f);
	fill(&f);
	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		const char *answer = keys_of(&f, asked[i][0], NULL);

		if (answer[0] != '!')
			fprintf(stderr, "taken: %s\n", asked[i][0]);
		CHECK(answer[0] == '!');
		has(answer, asked[i][1]);
	}
}

TEST(list_keeps_its_limits)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1024 * 1024};
	LISTED f;
	struct list_question q = {.limit = LIMIT_LIST_ROWS};

	list_open(&f);
	for (int i = 0; i < LIMIT_FILTER_TERMS; i++)
		buf_addf(&text, "size=1 ");
	is(keys_of(&f, text.data, NULL), "");
	buf_addf(&text, "size=1");
	has(keys_of(&f, text.data, NULL), "at most 32 terms");
	text.len = 0;
	buf_addf(&text, "size=1");
	for (int i = 1; i < LIMIT_FILTER_VALUES; i++)
		buf_addf(&text, ",%d", i);
	is(keys_of(&f, text.data, NULL), "");
	buf_addf(&text, ",7");
	has(keys_of(&f, text.data, NULL), "at most 200 values");
	text.len = 0;
	buf_addf(&text, "note=");
	while (text.len < LIMIT_FILTER_BYTES)
		buf_add(&text, "x", 1);
	is(keys_of(&f, text.data, NULL), "");
	buf_add(&text, "x", 1);
	has(keys_of(&f, text.data, NULL), "at most 8192 bytes");
	has(keys_of(&f, "", "size,kind,note,used,price"), "at most 4 fields");
	is(list_keys(&f, &q), "");
	q.limit++;
	has(list_keys(&f, &q), "from 1 to 500");
	q.limit = -1;
	has(list_keys(&f, &q), "from 1 to 500");
}

TEST(list_refuses_a_key_that_means_too_many_records)
{
	LISTED f;
	struct record r;
	enum written written;
	WRITER *w = NULL;
	char feed[16];

	list_open(&f);
	CHECK(!writer_begin(f.ctx, &w));
	for (int i = 0; i <= LIMIT_FILTER_MEANINGS; i++) {
		r = record_blank(f.item, str_of("same"), f.alpha, &f.arena);
		(void)snprintf(feed, sizeof(feed), "feed%d", i);
		r.feed = str_of(feed);
		CHECK(!writer_new_id(w, f.item, &r.id));
		CHECK(!writer_put(w, &r, &written));
	}
	CHECK(!writer_commit(w));
	has(keys_of(&f, "parent=same", NULL), "means more than 100 records");
	is(keys_of(&f, "parent=ITM-1,ITM-2", NULL), "");
}

TEST(list_puts_records_without_a_value_last_either_way)
{
	LISTED f;

	list_open(&f);
	fill(&f);
	is(keys_of(&f, "", NULL), "a1 a2 b3 b4");
	is(keys_of(&f, "", "-id"), "b4 b3 a2 a1");
	is(keys_of(&f, "", "size"), "a2 a1 b3 b4");
	is(keys_of(&f, "", "-size"), "b3 a1 a2 b4");
	/* Bytes decide: capitals come before small letters. */
	is(keys_of(&f, "", "note"), "b3 a1 a2 b4");
	is(keys_of(&f, "", "parent"), "a2 b4 a1 b3");
	is(keys_of(&f, "", "-parent"), "b4 a2 b3 a1");
	is(keys_of(&f, "", "organisation,-size"), "a1 a2 b3 b4");
	is(keys_of(&f, "", "-organisation,size"), "b3 b4 a2 a1");
	is(keys_of(&f, "", "state,-key"), "a2 b4 a1 b3");
	is(keys_of(&f, "", "state,id"), "a2 a1 b4 b3");
	is(keys_of(&f, "state=open", "state,-id"), "b4 a1");
	has(keys_of(&f, "", "lines"), "cannot be sorted by 'lines'");
	has(keys_of(&f, "", "siz"), "did you mean 'size'?");
}

TEST(list_sorts_references_by_the_keys_that_people_see)
{
	LISTED f;
	WRITER *w = NULL;
	int64_t gone;

	list_open(&f);
	item_put(&f, "a-z", "parent=ITM-4|about=ORG-1");
	item_put(&f, "b-m", "parent=ITM-3|about=ITM-1");
	item_put(&f, "a-c", "parent=ITM-1|about=ORG-2");
	gone = item_put(&f, "a-0", "about=ITM-3");
	item_put(&f, "a-d", "parent=ITM-2|about=ITM-1");
	is(keys_of(&f, "", "parent"), "a-z b-m a-c a-d a-0");
	is(keys_of(&f, "", "-parent"), "a-d a-c b-m a-z a-0");
	/* Of whatever register it is: a-c, a-z twice, alpha, beta. */
	is(keys_of(&f, "", "about,-key"), "a-0 b-m a-d a-z a-c");
	is(keys_of(&f, "", "-about,parent"), "a-c a-z b-m a-d a-0");
	is(keys_of(&f, "", "-organisation,key"), "b-m a-0 a-c a-d a-z");
	is(keys_of(&f, "parent=a-c,b-m", "-parent"), "a-d b-m");
	/* What is not current any more has no key. */
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(!writer_retire(w, f.item, gone));
	CHECK(!writer_commit(w));
	is(keys_of(&f, "", "parent"), "b-m a-c a-d a-z");
	is(keys_of(&f, "", "-parent"), "a-d a-c b-m a-z");
	is(keys_of(&f, "parent!=", "organisation,-parent"), "a-d a-c a-z b-m");
}

/* Both ways through a list, for each order in either direction. */
static void
orders_agree(struct list_fixture *f, const char *filter, size_t first, size_t step)
{
	static const char *const sorts[] = {"id", "-id", "key", "-key", "kind", "-kind"};
	/* A condition that all fulfil, and that makes the sort fall back to gathering. */
	for (size_t i = first; i < COUNT_OF(sorts); i += step) {
		CLEANUP(buf_fini) struct buf twice = {.limit = 100};
		struct list_question q = {.filter = str_of(filter),
					  .sort = str_of(sorts[i]),
					  .limit = LIMIT_LIST_ROWS};
		const char *walked = list_keys(f, &q);

		CHECK(walked[0] != '!');
		buf_addf(&twice, "%s,feed", sorts[i]);
		q.sort = str_of(twice.data);
		if (strstr(sorts[i], "id"))
			q.sort = str_of(sorts[i][0] == '-' ? "-row_version,-id" : "row_version,id");
		q.thorough = true;
		is(list_keys(f, &q), walked);
		q.sort = str_of(sorts[i]);
		q.limit = 499;
		is(list_keys(f, &q), walked);
	}
}

TEST(list_gives_the_same_order_whichever_way_it_takes)
{
	LISTED f;
	struct list_question q = {.limit = 3};
	struct list_page p;
	int64_t expected = 0;

	list_open(&f);
	items_put(&f, LIMIT_LIST_COUNTED + 100);
	for (size_t i = 0; i < LIMIT_LIST_COUNTED + 100; i++)
		expected += i * 31 % 17 != 3;
	orders_agree(&f, "", 0, 1);
	orders_agree(&f, "size!=3", 0, 3);
	orders_agree(&f, "organisation=beta size!=3", 1, 2);
	orders_agree(&f, "kind=one,other size<16 organisation=beta", 2, 3);
	q.reg = f.item;
	/* An index counts on where nobody may gather. */
	q.filter = str_of("organisation=beta");
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.total_is_exact && p.total == (LIMIT_LIST_COUNTED + 100) / 2);
	q.filter = (struct str){0};
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(!p.total_is_exact && p.total == LIMIT_LIST_COUNTED);
	q.filter = str_of("size!=3");
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(!p.total_is_exact && p.total == q.limit + 1);
	q.thorough = true;
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.total_is_exact && p.total == expected);
	q = (struct list_question){.filter = str_of("size!=3"), .sort = str_of("size")};
	has(list_keys(&f, &q), "narrow the filter, or sort by one of: id, key, kind");
	q.sort = str_of("key,size");
	has(list_keys(&f, &q), "sort by several fields");
}

TEST(list_that_is_quick_goes_on_where_it_stopped_looking)
{
	LISTED f;
	struct list_question q = {.filter = str_of("note=end"), .limit = 2};
	struct list_page p;
	int empty = 0;

	list_open(&f);
	items_put(&f, LIMIT_LIST_LOOKED + 1000);
	item_put(&f, "a-end", "note=end");
	item_put(&f, "b-end", "note=end");
	item_put(&f, "a-end2", "note=end|kind=one|parent=ITM-1");
	is(keys_of(&f, "note=end", NULL), "a-end b-end a-end2");
	is(keys_of(&f, "note=end", "-id"), "a-end2 b-end a-end");
	is(keys_of(&f, "note=end", "-key"), "b-end a-end2 a-end");
	is(keys_of(&f, "note=end", "kind"), "a-end2 a-end b-end");
	is(keys_of(&f, "note=end", "-kind"), "a-end2 b-end a-end");
	q.reg = f.item;
	do {
		CHECK(!list_read(f.ctx, &q, &p));
		CHECK(!p.total_is_exact && p.stopped == (p.count == 0));
		CHECK(p.total == (p.stopped ? 0 : 3));
		q.after = p.next;
		empty += p.count == 0;
	} while (p.count == 0);
	/* It stopped once on its way. */
	CHECK(empty == 1 && p.count == 2);
	/* Along another index it stops sooner: half of all stand before the first. */
	q.after = (struct str){0};
	q.sort = str_of("-key");
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.stopped && p.count == 0);
	q.after = p.next;
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.stopped && p.count == 1);
	q.after = (struct str){0};
	q.sort = (struct str){0};
	q.thorough = true;
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.count == 2 && p.total == 3 && p.total_is_exact);
}

TEST(list_by_key_gives_equals_in_the_order_of_their_numbers)
{
	CLEANUP(buf_fini) struct buf rising = {.limit = 1000};
	CLEANUP(buf_fini) struct buf falling = {.limit = 1000};
	static const int64_t limits[] = {1, 2, 7, 39, 40, 41, 42, 43, LIMIT_LIST_ROWS};
	LISTED f;
	struct list_question q = {.fields = str_of("feed")};

	list_open(&f);
	twins_put(&f, "m", 40);
	item_put(&f, "a", "");
	twins_put(&f, "z", 2);
	buf_addf(&rising, "test");
	for (int i = 0; i < 42; i++)
		buf_addf(&rising, " f%d", 9999 - (i < 40 ? i : i - 40));
	buf_addf(&falling, "f9998 f9999");
	for (int i = 0; i < 40; i++)
		buf_addf(&falling, " f%d", 9999 - 39 + i);
	buf_addf(&falling, " test");
	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		q.limit = limits[i];
		q.sort = str_of("key");
		is(list_keys(&f, &q), rising.data);
		q.sort = str_of("-key");
		is(list_keys(&f, &q), falling.data);
	}
}

TEST(list_by_key_goes_on_within_more_equals_than_it_looks_at)
{
	LISTED f;
	struct list_question q = {.filter = str_of("note=end"), .limit = 2, .sort = str_of("key")};
	struct list_page p;

	list_open(&f);
	item_put(&f, "a-end", "note=end");
	twins_put(&f, "m", LIMIT_LIST_LOOKED + 100);
	item_put(&f, "z-end", "note=end");
	q.reg = f.item;
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.stopped && p.count == 1 && p.next.ptr);
	is(list_keys(&f, &q), "a-end z-end");
	q.sort = str_of("-key");
	is(list_keys(&f, &q), "z-end a-end");
}

static size_t
pick(uint64_t *random, size_t count)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(*random >> 33) % count;
}

/* Some of the terms, and one of the orders. */
static void
question_invent(struct list_fixture *f, uint64_t *random, struct buf *filter,
		struct list_question *ret_question)
{
	static const char *const terms[] = {
		"kind=one",
		"kind=one,other",
		"kind!=one",
		"kind=",
		"size>3",
		"size=5,7",
		"size<0",
		"note=end",
		"note!=end",
		"parent=ITM-2",
		"parent=ITM-1,ITM-3",
		"parent!=",
		"organisation=alpha",
		"organisation!=alpha",
		"key>a2",
		"key<b3 key>=a7",
		"id=ITM-9,ITM-11",
		"state=",
		"state=open",
		"state=closed",
		"state!=open",
		"state=,closed",
		"state!=closed",
	};
	static const char *const sorts[] = {
		"id",
		"-id",
		"key",
		"-key",
		"kind",
		"-kind",
		"kind,-id",
		"parent",
		"-parent,key",
		"organisation",
		"-organisation,-parent",
		"-size",
		"kind,-parent",
		"size,note,-id",
	};
	static int64_t both[2];
	size_t count = pick(random, 4);

	both[0] = f->beta;
	both[1] = f->alpha;
	*ret_question = (struct list_question){
		.sort = str_of(sorts[pick(random, COUNT_OF(sorts))]),
		.limit = 1 + (int64_t)pick(random, LIMIT_LIST_ROWS),
		.within = pick(random, 4) == 0,
		.organisations = both,
		.organisation_count = 1 + pick(random, 2),
	};
	filter->len = 0;
	for (size_t i = 0; i < count; i++)
		buf_addf(filter, "%s ", terms[pick(random, COUNT_OF(terms))]);
	ret_question->filter = (struct str){filter->data, filter->len};
}

TEST(list_gives_in_pages_what_one_unbounded_question_gives)
{
	CLEANUP(buf_fini) struct buf filter = {.limit = LIMIT_FILTER_BYTES};
	LISTED f;
	struct list_question q;
	struct list_page quick, whole;
	uint64_t random = 7;
	size_t refused = 0;
	size_t bounded = 0;

	list_open(&f);
	items_put(&f, LIMIT_LIST_GATHERED + LIMIT_LIST_LOOKED);
	item_put(&f, "a-end", "note=end|kind=one|parent=ITM-2");
	item_put(&f, "b-end", "note=end");
	for (int round = 0; round < 100; round++) {
		const char *pages;

		question_invent(&f, &random, &filter, &q);
		pages = list_keys(&f, &q);
		refused += pages[0] == '!';
		if (pages[0] == '!')
			has(pages, "too many to sort");
		q.reg = f.item;
		CHECK(!list_total(f.ctx, &q, &quick));
		q.thorough = true;
		CHECK(!list_read(f.ctx, &q, &whole));
		CHECK(whole.total_is_exact && quick.total <= whole.total);
		CHECK(!quick.total_is_exact || quick.total == whole.total);
		/* So that any order is given of what is few. */
		CHECK(pages[0] != '!' || !quick.total_is_exact ||
		      quick.total > LIMIT_LIST_GATHERED);
		bounded += !quick.total_is_exact;
		q.limit = LIMIT_LIST_ROWS;
		if (pages[0] != '!' && strcmp(pages, list_keys(&f, &q)) != 0) {
			fprintf(stderr, "pages differ: %.*s by %.*s\n", STR_ARG(q.filter),
				STR_ARG(q.sort));
			abort();
		}
	}
	CHECK(refused > 3 && bounded > 15 && bounded < 85);
}

TEST(list_finds_its_records_by_the_term_that_finds_the_fewest)
{
	LISTED f;
	struct list_question q = {.filter = str_of("organisation=alpha parent=b0 size>1"),
				  .sort = str_of("size,-key"),
				  .limit = LIMIT_LIST_ROWS};
	static const char *const states[] = {
		"state=open",  "state!=closed", "state=closed",
		"state!=open", "state=",	"state!=,open",
	};
	struct list_page p;
	const char *quick;

	list_open(&f);
	items_put(&f, 3 * LIMIT_LIST_GATHERED);
	quick = list_keys(&f, &q);
	/* Each term alone finds too many to sort, but this one. */
	CHECK(quick[0] != '!');
	q.thorough = true;
	is(list_keys(&f, &q), quick);
	q.thorough = false;
	q.filter = str_of("organisation=alpha size>1");
	has(list_keys(&f, &q), "too many to sort by several fields");
	/* A state that few are in finds them too, and that which most are in does not. */
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		q.filter = str_of(states[i]);
		q.sort = str_of("size,-key");
		q.thorough = false;
		quick = list_keys(&f, &q);
		CHECK((quick[0] == '!') == (i < 2));
		q.thorough = true;
		CHECK(i < 2 || strcmp(quick, list_keys(&f, &q)) == 0);
	}
	q.thorough = false;
	q.filter = str_of("parent=b0");
	q.reg = f.item;
	CHECK(!list_total(f.ctx, &q, &p));
	CHECK(p.total_is_exact && p.total > 1000);
	/* So do the items of a list. */
	item_put(&f, "b-parts", "parts=ITM-7;ITM-8");
	q.filter = str_of("parts=ITM-8 organisation=beta");
	is(list_keys(&f, &q), "b-parts");
	CHECK(!list_total(f.ctx, &q, &p));
	CHECK(p.total_is_exact && p.total == 1);
	/* The first finds none, so that no other can find fewer. */
	q.filter = str_of("parent=b-parts parts=ITM-8 organisation=beta");
	is(list_keys(&f, &q), "");
	CHECK(!list_total(f.ctx, &q, &p));
	CHECK(p.total_is_exact && p.total == 0);
}

TEST(list_shows_only_what_the_asker_may_see)
{
	LISTED f;
	struct list_question q = {.within = true, .limit = 1};
	struct list_page p;
	int64_t both[2];

	list_open(&f);
	fill(&f);
	both[0] = f.beta;
	both[1] = f.alpha;
	q.organisations = both;
	is(list_keys(&f, &q), "");
	q.organisation_count = 1;
	is(list_keys(&f, &q), "b3 b4");
	q.sort = str_of("-size");
	is(list_keys(&f, &q), "b3 b4");
	q.filter = str_of("organisation=alpha");
	is(list_keys(&f, &q), "");
	q.organisation_count = 2;
	is(list_keys(&f, &q), "a1 a2");
	q.reg = f.item;
	CHECK(!list_total(f.ctx, &q, &p));
	CHECK(p.total == 2 && p.total_is_exact);
}

TEST(list_refuses_a_cursor_of_another_list_or_a_damaged_one)
{
	static const char wrong[] = "the cursor is damaged, or of a list with another register";
	LISTED f;
	struct list_question q = {.limit = 1, .sort = str_of("note")};
	struct list_page p;
	struct str cursor;
	char *altered;

	list_open(&f);
	fill(&f);
	q.reg = f.item;
	CHECK(!list_read(f.ctx, &q, &p));
	cursor = p.next;
	q.after = cursor;
	q.fields = str_of("key");
	is(list_keys(&f, &q), "a1 a2 b4");
	q.limit = 2;
	is(list_keys(&f, &q), "a1 a2 b4");
	q.sort = str_of("-note");
	has(list_keys(&f, &q), wrong);
	q.sort = str_of("note");
	q.filter = str_of("size>1");
	has(list_keys(&f, &q), wrong);
	q.filter = str_of("");
	altered = str_z(&f.arena, cursor);
	for (size_t i = 0; i < cursor.len; i++) {
		char was = altered[i];

		altered[i] = was == 'A' ? 'B' : 'A';
		q.after = (struct str){altered, cursor.len};
		has(list_keys(&f, &q), wrong);
		altered[i] = was;
		q.after = (struct str){cursor.ptr, i};
		has(list_keys(&f, &q), wrong);
	}
	q.after = str_of("+/==");
	has(list_keys(&f, &q), wrong);
}

TEST(list_says_so_when_a_text_is_too_long_for_a_cursor)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};
	LISTED f;

	list_open(&f);
	buf_addf(&text, "note=");
	while (text.len < LIMIT_CURSOR_BYTES)
		buf_add(&text, "x", 1);
	item_put(&f, "a1", text.data);
	item_put(&f, "a2", "note=y");
	item_put(&f, "a3", "note=z");
	has(keys_of(&f, "", "note"), "a1 a2 a3");
	has(keys_of(&f, "", "-note"), "a3 a2 a1");
	item_put(&f, "a4", "note=w");
	has(keys_of(&f, "", "note"), "too long for the next page");
}

TEST(list_refuses_a_page_with_too_many_bytes)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};
	LISTED f;
	struct list_question q = {.fields = str_of("key,note"), .limit = LIMIT_LIST_ROWS};
	struct list_page p;
	char key[16];

	list_open(&f);
	buf_addf(&text, "note=");
	while (text.len < 60000)
		buf_add(&text, "x", 1);
	for (int i = 0; i < 290; i++) {
		(void)snprintf(key, sizeof(key), "a%d", i);
		item_put(&f, key, text.data);
	}
	q.reg = f.item;
	CHECK(list_read(f.ctx, &q, &p) == ERR_TOO_BIG);
	has(f.ctx->err.message, "ask for fewer records or fields");
	q.limit = 200;
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.count == 200 && p.next.ptr);
}

TEST(list_gives_every_field_as_json)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 65536};
	LISTED f;
	struct list_question q = {.filter = str_of("key=a1,b3"), .sort = str_of("-id")};
	struct list_page p;
	struct json_writer w;

	list_open(&f);
	fill(&f);
	q.reg = f.item;
	CHECK(!list_read(f.ctx, &q, &p));
	jw_begin(&w, &out, false);
	list_json(&w, f.model, &p);
	is(out.data,
	   "{\"register\":\"item\",\"total\":2,\"total_is_exact\":true,\"records\":["
	   "{\"id\":\"ITM-3\",\"key\":\"b3\",\"organisation\":{\"id\":\"ORG-2\",\"register\":"
	   "\"organisation\",\"key\":\"beta\"},\"state\":null,\"feed\":\"test\",\"note\":"
	   "\"100% wool_x\",\"size\":40,\"price\":null,\"used\":null,\"bought_on\":null,"
	   "\"seen_at\":null,\"kind\":null,\"colours\":[\"green\"],\"parent\":null,\"about\":null,"
	   "\"parts\":["
	   "{\"id\":\"ITM-1\",\"register\":\"item\",\"key\":\"a1\"},{\"id\":\"ITM-2\",\"register\":"
	   "\"item\",\"key\":\"a2\"}],\"paper\":null,\"lines\":[{\"text\":\"keep\",\"number\":2,"
	   "\"subject\":null},{\"text\":\"go\",\"number\":null,\"subject\":null}],"
	   "\"recorded_from\":\"2026-06-15T12:00:00.003Z\",\"row_version\":1},"
	   "{\"id\":\"ITM-1\",\"key\":\"a1\",\"organisation\":{\"id\":\"ORG-1\",\"register\":"
	   "\"organisation\",\"key\":\"alpha\"},\"state\":\"open\",\"feed\":\"test\",\"note\":"
	   "\"Red printer\",\"size\":5,\"price\":\"1.5\",\"used\":true,\"bought_on\":"
	   "\"2026-06-14\",\"seen_at\":\"2026-06-14T22:30:00Z\",\"kind\":\"one\",\"colours\":["
	   "\"blue\",\"red\"],\"parent\":null,\"about\":null,\"parts\":[],\"paper\":null,\"lines\":"
	   "[],"
	   "\"recorded_from\":\"2026-06-15T12:00:00.001Z\",\"row_version\":1}],\"stopped\":false,"
	   "\"places\":true,\"next\":null}");
}

TEST(list_names_a_retired_record_without_its_key)
{
	LISTED f;
	struct list_question q = {.filter = str_of("parent!="), .fields = str_of("key,parent,id")};
	CLEANUP(buf_fini) struct buf text = {.limit = 1000};
	struct list_page p;
	WRITER *w = NULL;
	int64_t id;

	list_open(&f);
	id = item_put(&f, "a1", "");
	item_put(&f, "a2", "parent=ITM-1");
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(!writer_retire(w, f.item, id));
	CHECK(!writer_commit(w));
	q.reg = f.item;
	CHECK(!list_read(f.ctx, &q, &p));
	CHECK(p.count == 1 && p.target_count == 1 && !list_key(&p, id).ptr);
	for (size_t i = 0; i < p.column_count; i++) {
		list_text(f.ctx, &p, &p.rows[0], i, &text);
		buf_addf(&text, " ");
	}
	is(text.data, "a2 ITM-1 ITM-2 ");
}
