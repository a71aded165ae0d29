/* attribute.h -- what can be asked of a record in a list: the fields of its register, and what
 * every record has. */
#ifndef MODEL_ATTRIBUTE_H
#define MODEL_ATTRIBUTE_H

#include "model/model.h"

enum attribute_kind {
	ATTRIBUTE_FIELD, /* of the register; state, feed and the like are plain fields here too */
	ATTRIBUTE_KEY,
	ATTRIBUTE_HOLDER,   /* the organisation, by whose index the key follows (tables_plan) */
	ATTRIBUTE_ID,	    /* the record's number, which people write as ACC-1042 */
	ATTRIBUTE_RECORDED, /* an instant that stands as milliseconds */
};

struct attribute {
	enum attribute_kind kind;
	const struct field *field; /* its name is the column's */
	bool always;		   /* every record has one */
	const char *usual;	   /* an index finds those with another value than this, or NULL */
};

/* All of a register in the order in which people read them: id, key, organisation, state (where the
 * register has states), feed, the fields, recorded_from, row_version. */
struct attributes {
	const struct reg *reg;
	const struct attribute *list;
	size_t count;
};

struct attributes attributes_of(const struct model *m, const struct reg *r, struct arena *a);

/* Whether an index gives the records in the order of this, and equals in that of their numbers. */
bool attribute_is_sorted(const struct attribute *at);

/* NULL when there is none. */
const struct attribute *attribute_find(const struct attributes *all, struct str name);

/* The same, or ERR_INVALID with the nearest name. */
MUST_CHECK enum err_code attribute_named(const struct attributes *all, struct str name,
					 const struct attribute **ret_attribute, struct err *e);

#endif
