#include "search/words.h"

#include "base/buf.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

enum { MEMORY = 16 * 1024 * 1024, MOST = 1000 };

/* The words of the text, "+" between the parts of one compound. */
static const char *
words_of(struct arena *a, struct str text)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 1048576};
	struct word_list l = {0};

	CHECK(words_add(&l, text, MOST, a));
	for (size_t i = 0; i < l.count; i++)
		buf_addf(&out, "%s%.*s",
			 i == 0						  ? ""
			 : l.words[i].compound == l.words[i - 1].compound ? "+"
									  : " ",
			 STR_ARG(l.words[i].text));
	return str_z(a, (struct str){out.data ? out.data : "", out.len});
}

TEST(words_are_those_that_people_mean)
{
	static const char *const texts[][2] = {
		{"",								  ""			     },
		{"  ... --- ''' ",						    ""			     },
		{"Red printer, 3rd floor",					    "red printer 3rd floor"	  },
		{"O'Neill O\xe2\x80\x99Neill D`Arcy",				      "o+neill o+neill d+arcy"	      },
		{"db-01.north.example",					       "db+01 north example"	     },
		{"NODE_7--a",							 "node+7 a"			},
		{"6.5-c, 10.0.0.1. v1.2 1..2 .5 a.1",				      "6+5+c 10+0+0+1 v1+2 1 2 5 a 1"},
		{"ann.smith@x.org",						   "ann smith x org"		     },
 /* Accents, composed or not; capitals; what one letter stands for two of. */
		{"Ren\xc3\xa9"
		 "e RENE\xcc\x81"
		 "E",						"renee renee"		      },
		{"Stra\xc3\x9f"
		 "e \xef\xac\x81n",				  "strasse fin"		      },
		{"\xce\x91\xce\xa3 \xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0",
		 "\xce\xb1\xcf\x83 \xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0"				    },
		{"\xe6\x9d\xb1\xe4\xba\xac",					     "\xe6\x9d\xb1\xe4\xba\xac"     },
 /* What is no UTF-8 parts words. */
		{"one\xfftwo\xc3 three",					      "one two three"		},
		{"\"one\" AND two* NEAR(three) one:two -four ^five {six}",
		 "one and two near three one two four five six"						       },
	};
	struct arena a;

	arena_init(&a, MEMORY);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const char *have = words_of(&a, str_of(texts[i][0]));

		if (strcmp(have, texts[i][1]) != 0) {
			(void)fprintf(stderr, "'%s': '%s', not '%s'\n", texts[i][0], have,
				      texts[i][1]);
			abort();
		}
	}
	CHECK(strcmp(words_of(&a, (struct str){"a\0b", 3}), "a b") == 0);
	arena_fini(&a);
}

TEST(a_word_has_an_end_and_so_have_words)
{
	struct arena a;
	struct word_list l = {0};
	struct word_list many = {0};
	char text[3 * WORD_BYTES];

	arena_init(&a, MEMORY);
	/* Letters of two bytes: none is cut in two. */
	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "\xd0\xb0", 2);
	CHECK(words_add(&l, (struct str){text + 1, sizeof(text) - 1}, MOST, &a));
	CHECK(l.count == 1 && l.words[0].text.len == WORD_BYTES);
	CHECK(words_joined(&l, 0, 1, &a).len == WORD_BYTES);
	CHECK(!words_add(&many, str_of("one two three"), 2, &a) && many.count == 2);
	CHECK(!words_add(&many, str_of("four"), 2, &a) && many.count == 2);
	arena_fini(&a);
}

TEST(words_know_their_characters)
{
	struct arena a;
	struct word_list l = {0};

	arena_init(&a, MEMORY);
	CHECK(words_add(&l, str_of("\xc3\x89 d\xc3\xa9-j\xc3\xa0"), MOST, &a) && l.count == 3);
	CHECK(l.words[0].from == 0 && l.words[0].to == 1);
	CHECK(l.words[1].from == 2 && l.words[1].to == 4);
	CHECK(l.words[2].from == 5 && l.words[2].to == 7 && words_compound(&l, 1) == 3);
	CHECK(str_is(words_joined(&l, 1, 3, &a), "deja"));
	arena_fini(&a);
}
