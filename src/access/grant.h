/* grant.h -- who may do what to which rows: the one decision that every way to a record asks.
 *
 * It follows from the plan (model/grants.c, docs/access.md), from the roles that somebody holds,
 * and from whose the row is. Nobody at all (NULL) is Holdfast itself, or whoever has the
 * workspace's files in his hands anyway: he may do everything.
 *
 * What may not be read is as if it were not there. So a refusal is ERR_MISSING, in the words of
 * what is missing, unless whoever asks knows of the thing: then it is ERR_DENIED and says what he
 * lacks.
 */
#ifndef ACCESS_GRANT_H
#define ACCESS_GRANT_H

#include "access/who.h"
#include "model/sql.h"

enum act {
	ACT_READ, /* list, search, by number, in the past */
	ACT_CREATE,
	ACT_UPDATE,
	ACT_RETIRE,
	ACT_TRANSITION,
	ACT_IMPORT,
	ACT_EXPORT,
	ACTS,
};

enum refusal {
	REFUSAL_NONE,
	REFUSAL_UNSEEN, /* he may not know that it is there */
	REFUSAL_FACTOR, /* his second factor is due */
	REFUSAL_SCOPE,	/* his token does not write, or not reach the register */
	REFUSAL_KERNEL, /* Holdfast alone writes it */
	REFUSAL_KEEPS,	/* its records are ended, and not taken away */
	REFUSAL_ROLE,	/* no role of his does that there */
};

/* A row as far as it matters. A role that is limited to a record, such as a site, writes what that
 * record is, or what refers to it. */
struct grant_row {
	int64_t organisation;
	const int64_t *about; /* its number, and those that it refers to */
	size_t about_count;
	bool any;	/* some row or other */
	bool unlimited; /* of the organisation, whatever it is about */
};

/* The register as the present plan has it, by which rights go even where the past is read by the
 * plan of then; NULL where it is gone. */
const struct reg *grant_reg(const struct model *m, const struct who *w, const struct reg *r);

enum refusal grant_refusal(const struct model *m, const struct who *w, const struct reg *r,
			   enum act act, const struct grant_row *row);

/* Whether he may read rows of the organisation. */
bool grant_reads(const struct model *m, const struct who *w, const struct reg *r,
		 int64_t organisation);
/* Whether it stands in no way of reading a row that what the row is about (`follows` of its
 * register) is of a register that he does not read. 0: it is about nothing. */
bool grant_reads_about(const struct model *m, const struct who *w, const struct reg *r,
		       int64_t about);
/* The codes of those registers: a row that is about a record of one of them is not there for him.
 */
const int64_t *grant_hidden(const struct model *m, const struct who *w, const struct reg *r,
			    struct arena *a, size_t *ret_count);
/* In some rows or other; else the error says why. */
MUST_CHECK enum err_code grant_some(const struct model *m, const struct who *w, const struct reg *r,
				    enum act act, struct err *e);
/* Whether he holds a role among the words (role_is_among) that reaches the row. */
bool grant_holds(const struct who *w, const struct words *words, const struct grant_row *row);

/* The refusal as an error for the one who asks. */
MUST_CHECK enum err_code grant_error(const struct model *m, const struct reg *r, enum act act,
				     enum refusal refusal, struct err *e);

/* Whose rows of the register somebody reads. */
struct sight sight_of(const struct model *m, const struct who *w, const struct reg *r,
		      struct arena *a);

#endif
