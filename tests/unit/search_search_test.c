#include "base/limits.h"
#include "engine_fixture.h"
#include "search/search.h"
#include "test.h"
#include "workspace_fixture.h"

#include <stdio.h>
#include <string.h>

/* A workspace and its index. */
struct searched {
	struct workspace_fixture f;
	struct search_index *x;
};

static void
searched_index(struct searched *s)
{
	CHECK(!search_open(s->f.ws, &s->x, &s->f.ctx->err));
}

static void
searched_open(struct searched *s)
{
	*s = (struct searched){0};
	kept_open(&s->f);
	searched_index(s);
}

static void
searched_close(struct searched *s)
{
	search_close(s->x);
	kept_close(&s->f);
}
#define SEARCHED CLEANUP(searched_close) struct searched

static int64_t
put(struct searched *s, const char *reg, const char *key, const char *field, const char *text)
{
	struct record r = kept_record(&s->f, reg, key);

	kept_set(&s->f, &r, field, text);
	return kept_put(&s->f, &r);
}

static enum err_code
ask(struct searched *s, const struct search_question *q, struct search_page *p)
{
	struct ctx *ctx = s->f.ctx;
	DB_TXN txn = {0};
	int64_t left = -1;
	enum err_code rc;

	CHECK(!search_catch_up(s->x, 1000000, &left, &ctx->err) && left == 0);
	CHECK(!db_begin_read(ctx->db, &txn, &ctx->err));
	rc = search_ask(ctx, s->x, q, p);
	db_txn_end(&txn);
	return rc;
}

/* The keys of what is found, in order. */
static const char *
keys(struct searched *s, const struct search_question *q)
{
	CLEANUP(buf_fini) struct buf out = {.limit = 65536};
	struct search_page p;
	enum err_code rc = ask(s, q, &p);

	if (rc)
		return str_z(&s->f.arena, str_of(err_name(rc)));
	for (size_t i = 0; i < p.count; i++)
		buf_addf(&out, "%s%.*s", i ? " " : "", STR_ARG(p.hits[i].key));
	CHECK(p.total == (int64_t)p.count || p.next.ptr);
	return str_z(&s->f.arena, (struct str){out.data ? out.data : "", out.len});
}

static void
finds(struct searched *s, const char *words, const char *expected)
{
	const struct search_question q = {.words = str_of(words), .limit = 50};
	const char *have = keys(s, &q);

	if (strcmp(have, expected) != 0) {
		(void)fprintf(stderr, "'%s' finds '%s', not '%s'\n", words, have, expected);
		abort();
	}
}

TEST(search_finds_words_and_their_beginnings_in_names_keys_and_texts)
{
	SEARCHED s;

	searched_open(&s);
	(void)put(&s, "item", "srv-db-01.north.example", "note",
		  "Ren\xc3\xa9"
		  "e's Printer, red");
	(void)put(&s, "item", "other", "note", "O'Neill of the printers' room");
	(void)put(&s, "item", "third", "lines", "[{\"text\":\"Printing shop\"},{\"number\":2}]");
	(void)put(&s, "dossier", "secret", "subject", "a printer again");
	finds(&s, "other", "other");
	finds(&s, "srv-db-01", "srv-db-01.north.example");
	finds(&s, "srvdb01", "srv-db-01.north.example");
	finds(&s, "DB 01 NORTH", "srv-db-01.north.example");
	finds(&s, "itm-2", "other");
	finds(&s, "ITM2", "other");
	finds(&s, "renee", "srv-db-01.north.example");
	finds(&s,
	      "REN\xc3\x89"
	      "E",
	      "srv-db-01.north.example");
	finds(&s, "oneill", "other");
	finds(&s, "o'neil", "other");
	finds(&s, "o neill", "other");
	finds(&s, "neill", "other");
	finds(&s, "eill", "");
	finds(&s, "print shop", "third");
	finds(&s, "printer red", "srv-db-01.north.example");
	finds(&s, "printer blue", "");
	/* One letter is a word, and not the beginning of most. */
	finds(&s, "a printer", "secret");
}

TEST(search_gives_the_best_first_and_pages_without_a_gap)
{
	const struct search_question all = {.words = str_of("lamp"), .limit = 50};
	struct search_question q = {.words = str_of("lamp"), .limit = 3};
	CLEANUP(buf_fini) struct buf out = {.limit = 65536};
	struct search_page p;
	SEARCHED s;

	searched_open(&s);
	for (int i = 0; i < 10; i++) {
		char key[32];

		(void)snprintf(key, sizeof(key), i % 3 ? "x%d" : "lamp-%d", i);
		(void)put(&s, "item", key, "note", i % 2 ? "lamps and more" : "a lamp");
	}
	/* The whole word before its beginning, and a short head before a long one. */
	finds(&s, "lamp", "x8 x4 x2 lamp-6 lamp-0 lamp-9 lamp-3 x7 x5 x1");
	do {
		CHECK(!ask(&s, &q, &p) && p.total == 10 && p.total_is_exact && p.count <= 3);
		for (size_t i = 0; i < p.count; i++)
			buf_addf(&out, "%s%.*s", out.len ? " " : "", STR_ARG(p.hits[i].key));
		q.after = p.next;
	} while (p.next.ptr);
	CHECK(strcmp(out.data, keys(&s, &all)) == 0);
	for (size_t i = 0; i < 4; i++) {
		static const char *const bad[] = {"x", "1", ".", "1.x"};

		q.after = str_of(bad[i]);
		CHECK(ask(&s, &q, &p) == ERR_INVALID);
	}
}

TEST(search_finds_a_change_at_once_and_what_was_retired_only_when_asked)
{
	struct search_question q = {.words = str_of("lamp")};
	struct search_page p;
	SEARCHED s;
	struct record r;
	int64_t id;

	searched_open(&s);
	id = put(&s, "item", "one", "note", "a lamp");
	finds(&s, "lamp", "one");
	r = kept_record(&s.f, "item", "one");
	r.id = id;
	kept_set(&s.f, &r, "note", "a torch");
	(void)kept_put(&s.f, &r);
	finds(&s, "lamp", "");
	finds(&s, "torch", "one");
	kept_retire(&s.f, id);
	finds(&s, "torch", "");
	q = (struct search_question){.words = str_of("torch"), .retired = true};
	CHECK(!ask(&s, &q, &p) && p.count == 1 && p.hits[0].id == id && p.hits[0].retired);
	CHECK(str_is(p.hits[0].title, "a torch"));
	/* It comes back. */
	(void)kept_put(&s.f, &r);
	finds(&s, "torch", "one");
	CHECK(!ask(&s, &q, &p) && p.count == 1 && !p.hits[0].retired);
}

TEST(search_shows_where_the_words_stand)
{
	struct search_question q = {.words = str_of("shop"), .reg = str_of("item")};
	struct search_page p;
	SEARCHED s;
	char text[600] = "[{\"text\":\"";

	searched_open(&s);
	for (int i = 0; i < 40; i++)
		(void)strcat(text, "\xc3\xa9t\xc3\xa9 ");
	(void)strcat(text, "<b>Shop-keepers & shops</b>\"}]");
	(void)put(&s, "item", "one", "lines", text);
	CHECK(!ask(&s, &q, &p) && p.count == 1);
	CHECK(strcmp(p.hits[0].place.field, "lines") == 0 && p.hits[0].place.mark_count == 2);
	CHECK(strstr(str_z(&s.f.arena, p.hits[0].place.snippet), "<b>Shop-keepers & shops</b>"));
	/* Each of the letters with an accent is one character of two bytes. */
	CHECK(p.hits[0].place.marks[0].to - p.hits[0].place.marks[0].from == 4);
	CHECK(strncmp(p.hits[0].place.snippet.ptr, "\xc3\xa9t\xc3\xa9 ", 6) == 0);
	CHECK(p.hits[0].place.marks[0].from % 4 == 3);
}

TEST(what_is_searched_for_is_data_and_has_limits)
{
	static const char *const odd[] = {"\"lamp",
					  "lamp\"",
					  "lamp*",
					  "NEAR(lamp)",
					  "(lamp",
					  "lamp)",
					  "head:lamp",
					  "^lamp",
					  "{head body}: lamp",
					  "-lamp",
					  "lamp' | '_",
					  "lamp & lamp",
					  "!lamp",
					  "lamp:*",
					  "lamp\\",
					  "lamp % :words ? $1",
					  "' or 1=1 -- lamp",
					  "lamp <-> lamp"};
	static const char *const none[] = {"",	 " ", "*", "\"\"", "()",      "'",
					   "\\", "_", "-", "...",  "\xff\xfe"};
	char text[10000];
	struct search_question q;
	struct search_page p;
	SEARCHED s;

	searched_open(&s);
	(void)put(&s, "item", "one", "note", "lamp near head body words or 1 and");
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		q = (struct search_question){.words = str_of(odd[i])};
		CHECK(!ask(&s, &q, &p));
	}
	finds(&s, "lamp AND near", "one");
	finds(&s, "lamp AND torch", "");
	finds(&s, "lamp OR torch", "");
	finds(&s, "NOT lamp", "");
	/* What rows are marked with is no word. */
	finds(&s, "_ _20 _20_1", "");
	finds(&s, "_r lamp", "");
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		q = (struct search_question){.words = str_of(none[i])};
		CHECK(ask(&s, &q, &p) == ERR_INVALID);
		CHECK(strcmp(s.f.ctx->err.field, "q") == 0);
	}
	q = (struct search_question){
		.words = {"lamp\0near", 9}
	  };
	CHECK(!ask(&s, &q, &p) && p.count == 1);
	memset(text, 'a', sizeof(text));
	q = (struct search_question){
		.words = {text, sizeof(text)}
	     };
	CHECK(ask(&s, &q, &p) == ERR_TOO_BIG);
	q.words.len = LIMIT_SEARCH_BYTES;
	CHECK(!ask(&s, &q, &p) && p.count == 0);
	q.words = str_of("1 2 3 4 5 6 7 8 9 10 11 12 13");
	CHECK(ask(&s, &q, &p) == ERR_TOO_BIG);
	q = (struct search_question){.words = str_of("lamp"), .limit = LIMIT_SEARCH_HITS + 1};
	CHECK(ask(&s, &q, &p) == ERR_INVALID);
	q = (struct search_question){.words = str_of("lamp"), .reg = str_of("itm")};
	CHECK(ask(&s, &q, &p) == ERR_MISSING);
	q.reg = str_of("dossier");
	CHECK(!ask(&s, &q, &p) && p.total == 0);
}

TEST(search_says_when_more_have_the_words_than_are_ranked)
{
	const struct search_question q = {.words = str_of("common")};
	struct search_page p;
	SEARCHED s;
	WRITER *w = NULL;

	searched_open(&s);
	CHECK(!writer_begin(s.f.ctx, &w));
	for (int i = 0; i < LIMIT_SEARCH_RANKED + 1; i++) {
		struct record r;
		enum written written;
		char key[32];

		(void)snprintf(key, sizeof(key), "n%d", i);
		r = kept_record(&s.f, "item", key);
		kept_set(&s.f, &r, "note", "a common word");
		CHECK(!writer_new_id(w, r.reg, &r.id) && !writer_put(w, &r, &written));
	}
	CHECK(!writer_commit(w));
	CHECK(!ask(&s, &q, &p) && p.total == LIMIT_SEARCH_RANKED && !p.total_is_exact);
	CHECK(p.count == SEARCH_LIMIT && p.next.ptr);
	finds(&s, "n77 common", "n77 n779 n778 n777 n776 n775 n774 n773 n772 n771 n770");
}

/* Somebody takes all rows out of the index, which knows nothing of it. */
static void
index_empty(struct searched *s)
{
	const char *path = workspace_beside(s->f.ws, "search.db", &s->f.arena);
	CLEANUP(db_closep) struct db *db = NULL;
	struct err e = {0};

	CHECK(!db_open(path ? path : engine_store(), DB_WRITE, &db, &e));
	engine_does(db, "delete from search_record");
}

TEST(an_index_of_another_ledger_is_made_anew)
{
	SEARCHED s;

	searched_open(&s);
	(void)put(&s, "item", "one", "note", "lamp");
	(void)put(&s, "item", "two", "note", "lamp");
	finds(&s, "lamp", "two one");
	index_empty(&s);
	finds(&s, "lamp", "");
	kept_tamper(&s.f, "update ledger_checkpoint set note = 'of another ledger' where id = "
			  "(select max(c.id) from ledger_checkpoint c)");
	/* That of before is closed with the workspace. */
	search_close(s.x);
	searched_index(&s);
	finds(&s, "lamp", "two one");
}

TEST(what_the_index_holds_is_no_part_of_the_store)
{
	struct verdict v;
	SEARCHED s;

	searched_open(&s);
	(void)put(&s, "item", "one", "note", "lamp");
	finds(&s, "lamp", "one");
	v = kept_verify(&s.f, NULL);
	CHECK(v.count == 0);
}
