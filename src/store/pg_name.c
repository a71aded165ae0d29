#include "store/pg_priv.h"

#include <string.h>

static bool
is_secret(const char *keyword)
{
	return strcmp(keyword, "password") == 0 || strcmp(keyword, "sslpassword") == 0 ||
	       strcmp(keyword, "passfile") == 0;
}

enum err_code
db_where_check(const char *where, struct err *e)
{
	char *said = NULL;
	PQconninfoOption *options = PQconninfoParse(where, &said);
	bool read = options != NULL;

	/* What libpq says may quote a piece of the text, and that may be of the password. */
	PQfreemem(said);
	PQconninfoFree(options);
	if (!read)
		return err_set(
			e, ERR_USAGE, "store",
			"the connection string cannot be read; write it as "
			"postgresql://USER@HOST/DATABASE or as host=... dbname=... user=...");
	return ERR_NONE;
}

void
db_where_show(const char *where, struct buf *out)
{
	PQconninfoOption *options;
	const char *space = "";

	if (!db_is_remote(where)) {
		buf_addf(out, "%s", where);
		return;
	}
	options = PQconninfoParse(where, NULL);
	if (!options)
		buf_addf(out, "a connection string that cannot be read");
	for (const PQconninfoOption *o = options; o && o->keyword; o++) {
		if (!o->val || o->val[0] == '\0')
			continue;
		buf_addf(out, "%s%s=%s", space, o->keyword, is_secret(o->keyword) ? "***" : o->val);
		space = " ";
	}
	PQconninfoFree(options);
}
