/* sql_scan.h -- the words of a query, one by one: enough to find its parts without knowing SQL. */
#ifndef QUERY_SQL_SCAN_H
#define QUERY_SQL_SCAN_H

#include "base/str.h"

enum sql_kind { SQL_WORD, SQL_PARAM, SQL_TEXT, SQL_SIGN };

struct sql_token {
	enum sql_kind kind;
	struct str text; /* a parameter with its colon */
	size_t at;	 /* offset in the query */
	int depth;	 /* of parentheses; both of a pair have the depth around them */
};

struct sql_scan {
	const char *sql;
	size_t at;
	int depth;
};

/* False at the end. Comments and white space are left out. */
bool sql_scan_next(struct sql_scan *s, struct sql_token *ret_token);

/* Whether it is one of the words, which end with NULL. */
bool sql_word_in(struct str word, const char *const *words);

#endif
