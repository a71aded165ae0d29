/* search.h -- duties of the plan, and records of all registers, by words of their text.
 *
 * What is searched: the name, the key and each text of a record, those in its lists too; and what a
 * duty says. The plan is everybody's; records are found by who may read them. Those that Holdfast
 * alone writes, such as cells and failures, come after all others. The index is derived from the
 * ledger's leaves in their order, and kept beside the store: in a file of its own, or in tables
 * that no writer waits for. So it costs who writes nothing, and is brought up to date by whoever
 * searches, and by a server meanwhile. It may be thrown away at any time.
 */
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include "codec/json.h"
#include "record/workspace.h"

struct search_index;

/* For many threads; `of` outlives it. What it needs is opened when it is first used, and made when
 * it is missing. */
MUST_CHECK enum err_code search_open(const struct workspace *of, struct search_index **ret_index,
				     struct err *e);
void search_close(struct search_index *x);
void search_closep(struct search_index **x);
/* Takes in what was written since, `leaves` of the ledger at most; *ret_left: about how many more
 * there are. */
MUST_CHECK enum err_code search_catch_up(struct search_index *x, int64_t leaves, int64_t *ret_left,
					 struct err *e);

struct search_question {
	struct str words;
	struct str reg;	  /* only of this register; {NULL, 0}: of all */
	struct str after; /* the cursor of the page before */
	int64_t limit;	  /* 0 for SEARCH_LIMIT */
	bool retired;	  /* those too that are not current any more */
};

enum { SEARCH_LIMIT = 20 };

/* Characters of a text, counted from 0. */
struct search_mark {
	size_t from, to;
};

/* Where the words stand: a piece of one of the texts; `field` is NULL when that is the name, key or
 * title alone. */
struct search_place {
	const char *field;
	struct str snippet;
	const struct search_mark *marks;
	size_t mark_count;
};

struct search_hit {
	int64_t id;
	struct str key;
	struct str title; /* {NULL, 0}: it has none */
	bool retired;
	struct search_place place;
};

/* A duty of the plan that has the words. */
struct search_duty {
	const struct obligation *obligation;
	struct search_place place;
};

struct search_page {
	/* The best first, as many as hits at most; on the first page alone, where all registers are
	 * searched. */
	const struct search_duty *duties;
	size_t duty_count;
	struct search_hit *hits; /* best first */
	size_t count;
	int64_t total;	     /* of the records that have the words, as far as they were ranked */
	bool total_is_exact; /* else there are more, and some of them may be better than these */
	struct str next;     /* cursor of the next page; {NULL, 0} after the last */
};

/* The caller holds a read transaction of the context. */
MUST_CHECK enum err_code search_ask(struct ctx *ctx, struct search_index *x,
				    const struct search_question *q, struct search_page *ret_page);

/* The same, after what was written before was taken in, up to LIMIT_SEARCH_LEAVES of it; *ret_whole
 * says whether that was all. */
MUST_CHECK enum err_code search_now(struct ctx *ctx, struct search_index *x,
				    const struct search_question *q, struct search_page *ret_page,
				    bool *ret_whole);

/* {"total", "total_is_exact", "up_to_date", "duties": [...], "hits": [...], "next"}. */
void search_json(struct json_writer *w, const struct model *m, const struct search_page *p,
		 bool up_to_date);

#endif
