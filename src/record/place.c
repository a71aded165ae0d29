#include "record/workspace_priv.h"

#include "base/limits.h"
#include "sys/file.h"

#include <string.h>

/* A workspace's folder holds the store itself, or a file that says where it is. */

static const char *
file_path(const char *home, struct arena *a)
{
	return file_join(a, home, "holdfast.db");
}

static const char *
note_path(const char *home, struct arena *a)
{
	return file_join(a, home, "store");
}

static enum err_code
note_read(const char *home, struct arena *a, const char **ret_where, struct err *e)
{
	struct str text;
	enum err_code rc = file_load(note_path(home, a), LIMIT_STORE_BYTES, a, &text, e);

	if (rc)
		return rc;
	text.len = strcspn(text.ptr, "\r\n");
	*ret_where = str_z(a, str_trim(text));
	if (db_is_remote(*ret_where) && db_where_check(*ret_where, e) == ERR_NONE)
		return ERR_NONE;
	return err_set(e, ERR_INVALID, "store",
		       "the file '%s' holds no connection string of PostgreSQL; restore it, as "
		       "postgresql://HOST/DATABASE",
		       note_path(home, a));
}

enum err_code
place_read(const char *home, struct arena *a, const char **ret_where, struct err *e)
{
	if (file_exists(note_path(home, a)))
		return note_read(home, a, ret_where, e);
	*ret_where = file_path(home, a);
	if (file_exists(*ret_where))
		return ERR_NONE;
	return err_set(e, ERR_MISSING, "home",
		       "there is no workspace in '%s'; make one with 'holdfast init --home %s'",
		       home, home);
}

static enum err_code
wish_check(const struct workspace_options *o, struct err *e)
{
	if (!db_is_remote(o->store))
		return err_set(e, ERR_USAGE, "store",
			       "--store takes a connection string of PostgreSQL, as "
			       "postgresql://HOST/DATABASE; without it the store is a file in the "
			       "workspace's folder");
	if (strlen(o->store) >= LIMIT_STORE_BYTES || strpbrk(o->store, "\r\n"))
		return err_set(e, ERR_USAGE, "store",
			       "--store must be one line of less than %d bytes", LIMIT_STORE_BYTES);
	return db_where_check(o->store, e);
}

enum err_code
place_choose(const struct workspace_options *o, struct arena *a, const char **ret_where,
	     bool *ret_is_new, struct err *e)
{
	const char *where = NULL;
	enum err_code rc = o->store ? wish_check(o, e) : ERR_NONE;

	if (rc)
		return rc;
	rc = place_read(o->home, a, &where, e);
	*ret_is_new = rc == ERR_MISSING;
	if (*ret_is_new) {
		*ret_where = o->store ? o->store : file_path(o->home, a);
		return ERR_NONE;
	}
	*ret_where = where;
	/* The same place may be written in another way, with another password say, as long as it is
	 * a place like it. */
	if (!rc && o->store && !db_is_remote(where))
		return err_set(e, ERR_CONFLICT, "store",
			       "the store of '%s' is a file in that folder; 'holdfast copy' takes "
			       "it elsewhere",
			       o->home);
	if (!rc && o->store)
		*ret_where = o->store;
	return rc;
}

enum err_code
place_write(const struct workspace_options *o, struct arena *a, struct err *e)
{
	CLEANUP(buf_fini) struct buf line = {.limit = LIMIT_STORE_BYTES + 1};

	if (!o->store)
		return ERR_NONE;
	buf_addf(&line, "%s\n", o->store);
	if (line.failed)
		return err_set(e, ERR_INTERNAL, "", "no memory for the store's name");
	return file_save(note_path(o->home, a), (struct str){line.data, line.len}, 0600, e);
}
