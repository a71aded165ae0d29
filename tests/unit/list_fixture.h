/* list_fixture.h -- a store in memory with the registers of tests/golden/records, whose `item` has
 * a field of each type, and two organisations, alpha and beta. The time is 2026-06-15T12:00:00Z. */
#ifndef LIST_FIXTURE_H
#define LIST_FIXTURE_H

#include "list/list.h"
#include "record/workspace.h"
#include "record/writer.h"

struct list_fixture {
	struct arena arena;
	const struct model *model;
	struct workspace *ws;
	struct ctx *ctx;
	const struct reg *item;
	int64_t alpha;
	int64_t beta;
};

void list_open(struct list_fixture *f);
void list_close(struct list_fixture *f);
#define LISTED CLEANUP(list_close) struct list_fixture

/* An item of alpha, or of beta where the key begins with "b"; `values` is "field=text|field=text".
 */
int64_t item_put(struct list_fixture *f, const char *key, const char *values);
/* So many items at once, with numbers in their keys; of each third one `kind` is missing. One of a
 * hundred is closed and one has no state; the others are open. */
void items_put(struct list_fixture *f, size_t count);
/* So many that share a key, from feeds whose names fall from f9999 while their numbers rise. */
void twins_put(struct list_fixture *f, const char *key, size_t count);

/* The keys of the whole list in their order, parted by blanks, read in pages of `limit`; "!" and
 * the message when it was refused. */
const char *list_keys(struct list_fixture *f, const struct list_question *q);
/* The same of all items that fit the filter. */
const char *keys_of(struct list_fixture *f, const char *filter, const char *sort);

#endif
