/* filter_priv.h -- the tree of a filter. */
#ifndef SCIM_FILTER_PRIV_H
#define SCIM_FILTER_PRIV_H

#include "scim/filter.h"

enum filter_node { FILTER_AND, FILTER_OR, FILTER_NOT, FILTER_TERM, FILTER_VALUES };
enum filter_sign {
	SIGN_EQUAL,
	SIGN_NOT_EQUAL,
	SIGN_CONTAINS,
	SIGN_STARTS,
	SIGN_ENDS,
	SIGN_MORE,
	SIGN_AT_LEAST,
	SIGN_LESS,
	SIGN_AT_MOST,
	SIGN_PRESENT,
};
enum filter_literal { LITERAL_TEXT, LITERAL_TRUE, LITERAL_FALSE, LITERAL_NULL };

struct scim_filter {
	enum filter_node node;
	const struct scim_filter *left;	 /* of not and of values: the only one */
	const struct scim_filter *right; /* of and, or */
	/* Of a term, or of values of the attribute that must fit `left` at once. */
	struct scim_name name;
	enum filter_sign sign;
	enum filter_literal literal;
	struct str text;
};

#endif
