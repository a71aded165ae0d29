/* page.h -- the statements that give one page of a list of records, and how many there are in all.
 *
 * The order is that of the keys, then of the number; records without a value come last in either
 * direction. Two ways lead to the numbers of a page's records. The set: all records that are found
 * by one term of the filter are looked at and sorted, which is good for few. The walk: an index is
 * followed in order from where the last page ended and what does not fit is passed over, which is
 * good for many; it goes in stretches, each of which an engine can find by an index alone. Both
 * look at no more than :look records, so that what a page costs has an end. What is shown is then
 * read by the numbers.
 *
 * Other parameters: :o1 ... the organisations, those of sql_sight, :f1 ... the filter's
 * (filter_bind), :s1 ... the values of the last row's keys and :after its number, :limit.
 */
#ifndef MODEL_PAGE_H
#define MODEL_PAGE_H

#include "model/filter.h"
#include "model/sql.h"

/* A reference sorts by the key of the record that it refers to; without one of its own it is
 * without a value. */
struct page_key {
	const struct attribute *attribute;
	bool descending;
	const char *column;		  /* its field's, or a name for what is looked up */
	const struct reg *const *targets; /* of a reference */
	size_t target_count;
};

struct page_query {
	const struct reg *reg;
	const struct filter *filter;
	const struct sight *sights; /* by register, of whoever asks; NULL for all */
	/* Registers, by code, that a record must not be about (`follows` of its register). */
	const int64_t *hidden;
	size_t hidden_count;
	bool within; /* only records of `organisations` many organisations */
	size_t organisations;
	/* What finds the records: a term of the filter, or the organisations; else nothing does. */
	const struct filter_term *leader;
	bool organisations_lead;
	const struct page_key *keys; /* the number, which decides between equals, is none of them */
	size_t key_count;
	bool descending;	/* of the number */
	const bool *after_null; /* which values of the last row are null; NULL for the first page */
};

/* Whether every record has a value in it. */
bool page_key_always(const struct page_key *k);

/* How many records the leader finds, up to :look; :skip is :look - 1. */
void page_found_sql(const struct page_query *q, struct buf *out);

/* How many records there are; of those that the leader finds, :look are looked at where `bounded`,
 * and how many were is told too. */
void page_count_sql(const struct page_query *q, bool bounded, struct buf *out);

/* "select id, <the keys>" of the page, by way of the set; `bounded` as above. */
void page_set_sql(const struct page_query *q, bool bounded, struct buf *out);

/* Whether there is an index to walk along. */
bool page_can_walk(const struct page_query *q);

enum page_stretch {
	STRETCH_EQUALS, /* what shares the last row's value */
	STRETCH_VALUES, /* what has a value, beyond the last row's */
	STRETCH_NULLS,	/* what has none, looked for among all */
	STRETCHES,
};
/* The same of the next :look records, as far as they fit. False when the page has no such stretch;
 * they follow one another. */
bool page_walk_sql(const struct page_query *q, enum page_stretch stretch, struct buf *out);
/* Whether the walk leads along another index than that of the numbers, in whose order the records
 * stand in their table: each is found by itself then, mostly on a page of the store of its own. */
bool page_walk_is_apart(const struct page_query *q);
/* Whether that gives equals in any order: the index goes on with something else than the number. */
bool page_walk_ties(const struct page_query *q, enum page_stretch stretch);
/* The last of those records, its number and the key's value; no row when there are fewer. Parameter
 * :skip is :look - 1. */
void page_reach_sql(const struct page_query *q, enum page_stretch stretch, struct buf *out);

/* Whether the walk is the list: along the values that every record has, or the numbers, with
 * nothing to sift. */
bool page_walk_is_whole(const struct page_query *q);
/* How many records there are, :look at most, of a list that can be walked whole. */
void page_length_sql(const struct page_query *q, struct buf *out);
/* How many of it stand before the first with the value :s1; with `beyond` how many do not. */
void page_rank_sql(const struct page_query *q, bool beyond, struct buf *out);

/* What is read of the records :r1 to :r<count>: "select id, <fields>", the keys of those that are
 * to be seen, and the items of a list field. */
void page_rows_sql(const struct reg *r, const struct field *const *fields, size_t field_count,
		   size_t count, struct buf *out);
void page_keys_sql(const struct reg *r, const struct sight *seen, size_t count, struct buf *out);
void page_items_sql(const struct field *f, size_t count, struct buf *out);

#endif
