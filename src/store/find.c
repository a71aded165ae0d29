#include "store/find.h"

/* With the first row, if any. */
static enum err_code
ask(struct db *db, const struct db_find *f, struct db_stmt **ret_stmt, bool *ret_row, struct err *e)
{
	struct db_stmt *s = NULL;
	enum err_code rc = db_prepare(db, f->sql, &s, e);
	int count;

	if (rc)
		return rc;
	*ret_stmt = s;
	count = db_param_count(s);
	if (count > DB_FIND_VALUES)
		return err_set(e, ERR_INTERNAL, "", "a question has more than %d values",
			       DB_FIND_VALUES);
	for (int i = 0; i < count; i++) {
		const struct db_cell *v = &f->values[i];

		if (v->kind == CELL_INT)
			db_bind_int(s, i + 1, v->number);
		else
			db_bind_text(s, i + 1, v->text);
	}
	return db_step(s, ret_row, e);
}

enum err_code
db_find_int(struct db *db, const struct db_find *f, int64_t *ret_number, bool *ret_found,
	    struct err *e)
{
	DB_STMT *s = NULL;
	bool row = false;
	enum err_code rc = ask(db, f, &s, &row, e);

	if (rc)
		return rc;
	*ret_number = row ? db_int(s, 0) : 0;
	if (ret_found)
		*ret_found = row;
	return ERR_NONE;
}

enum err_code
db_find_any(struct db *db, const struct db_find *f, bool *ret_found, struct err *e)
{
	DB_STMT *s = NULL;

	return ask(db, f, &s, ret_found, e);
}

enum err_code
db_find_text(struct db *db, const struct db_find *f, struct arena *a, struct str *ret_text,
	     struct err *e)
{
	DB_STMT *s = NULL;
	bool row = false;
	enum err_code rc = ask(db, f, &s, &row, e);

	if (rc)
		return rc;
	*ret_text = row ? str_dup(a, db_text(s, 0)) : (struct str){0};
	return ERR_NONE;
}
