#include "record/keys.h"

#include "sys/file.h"
#include "sys/random.h"

#include <stdio.h>
#include <string.h>

enum { KEY_LIMIT = 4096 };

enum err_code
keys_save(const char *home, struct arena *a, const struct note_key *key, struct err *e)
{
	CLEANUP(buf_fini) struct buf secret = {.limit = KEY_LIMIT};
	enum err_code rc;

	note_key_secret_text(key, &secret);
	rc = file_save(file_join(a, home, "ledger.key"), (struct str){secret.data, secret.len},
		       0600, e);
	memset(secret.data, 0, secret.len);
	return rc;
}

enum err_code
keys_make(const char *home, struct arena *a, struct err *e)
{
	struct note_key key;
	char name[64];
	uint32_t tail;
	enum err_code rc;

	if (file_exists(file_join(a, home, "ledger.key")))
		return ERR_NONE;
	random_bytes(&tail, sizeof(tail));
	(void)snprintf(name, sizeof(name), "holdfast/%08x", tail);
	rc = note_key_make(name, &key, e);
	if (!rc)
		rc = keys_save(home, a, &key, e);
	note_key_wipe(&key);
	return rc;
}

enum err_code
keys_publish(const char *home, struct arena *a, const struct note_key *key, struct err *e)
{
	const char *path = file_join(a, home, "ledger.pub");
	CLEANUP(buf_fini) struct buf public = {.limit = KEY_LIMIT};

	if (file_exists(path))
		return ERR_NONE;
	note_key_public_text(key, &public);
	buf_add(&public, "\n", 1);
	return file_save(path, (struct str){public.data, public.len}, 0644, e);
}

enum err_code
keys_load_public(const char *home, struct arena *a, struct note_key *ret_key, struct err *e)
{
	const char *path = file_join(a, home, "ledger.pub");
	struct str text;
	enum err_code rc = file_load(path, KEY_LIMIT, a, &text, e);

	if (!rc)
		rc = note_key_from_public(str_trim(text), ret_key, e);
	if (rc)
		err_at(e, path, 0, 0);
	return rc;
}

enum err_code
keys_load(const char *home, enum db_access access, struct arena *a, struct note_key *ret_key,
	  struct err *e)
{
	const char *path = file_join(a, home, "ledger.key");
	struct err no_public;
	struct str text;
	enum err_code rc = file_load(path, KEY_LIMIT, a, &text, e);

	if (!rc) {
		rc = note_key_from_secret(str_trim(text), ret_key, e);
		memset((char *)(uintptr_t)text.ptr, 0, text.len);
		if (rc)
			err_at(e, path, 0, 0);
		return rc;
	}
	if (access == DB_READ && keys_load_public(home, a, ret_key, &no_public) == ERR_NONE)
		return ERR_NONE;
	if (rc == ERR_MISSING)
		return err_set(e, ERR_MISSING, "",
			       "the ledger's key '%s' is not there, and nothing can be recorded "
			       "without it; restore it from a backup",
			       path);
	return rc;
}
