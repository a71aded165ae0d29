/* directory.h -- logins as a directory of people keeps them (scim/).
 *
 * A directory names and numbers the logins that it keeps in its own way; what it says of them
 * beside that stands with them as JSON, into which this floor does not look. It sees the logins of
 * its organisation alone: a login is of the organisation that it says, else of the one whose record
 * its person is. Logins of programs, which are nobody's, are in no directory.
 *
 * What is unique is so among what the directory sees. So nobody learns of others' logins, and a
 * name that somebody else's login has already is given with a number after it to sign in with.
 */
#ifndef IDENTITY_DIRECTORY_H
#define IDENTITY_DIRECTORY_H

#include "identity/login.h"

struct directory {
	bool all;
	int64_t organisation; /* when it is not all */
};

/* That of a token (who.h). */
struct directory directory_of(const struct who *who);

struct directory_login {
	struct login login;
	int64_t organisation; /* whose it is; 0: nobody's */
	struct str user_name; /* as the directory spells it; else the name to sign in with */
	struct str profile;   /* JSON; {NULL, 0} without one */
	int64_t changed_at;   /* by a directory; when it was made, before that */
	bool kept;	      /* a directory has said something of it */
};

enum directory_by {
	DIRECTORY_ALL,
	DIRECTORY_NUMBER,
	DIRECTORY_USER_NAME, /* without regard to the case of the letters A to Z */
	DIRECTORY_EXTERNAL_ID,
	DIRECTORY_PERSON,
};

/* In the order in which they were made. */
struct directory_question {
	struct directory whose;
	enum directory_by by;
	int64_t number;
	struct str text;
	const struct directory_login *after; /* the last one before; NULL: from the first */
	int64_t skip;
	int64_t limit;
};
/* Within a transaction, in the arena. */
MUST_CHECK enum err_code directory_read(struct ctx *ctx, const struct directory_question *q,
					struct directory_login **ret_list, size_t *ret_count);
MUST_CHECK enum err_code directory_count(struct ctx *ctx, const struct directory *whose,
					 int64_t *ret_count);

/* What a login is to be from now on. */
struct directory_entry {
	struct directory whose;
	struct str user_name;
	struct str external_id; /* or {NULL, 0} */
	struct str profile;
	int64_t person;
	int64_t organisation;
	bool enabled;
	int64_t login; /* set: its number */
};

/* Within a transaction of a writer: makes the login (`now` is NULL), or changes what is otherwise,
 * with an event for each change. A login that is disabled is signed out. ERR_CONFLICT when name or
 * number are taken there, ERR_DENIED for what of an administrator's login only administrators
 * change. */
MUST_CHECK enum err_code directory_put(const struct visit *v, struct writer *w,
				       struct directory_entry *entry,
				       const struct directory_login *now);

/* It is in the directory no more: disabled, and its name and number there are free again. */
MUST_CHECK enum err_code directory_withdraw(const struct visit *v, struct writer *w,
					    const struct directory_login *now);

#endif
