#include "verify/verify_priv.h"

#include "model/sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_SIZE = 1024, KEY_SIZE = 256, WHO_SIZE = 384 };

/* Present row, or any of the history. Best effort: what it is asked about may be gone. */
static bool
row_find(struct ctx *ctx, const struct reg *r, int64_t id, bool history, struct db_stmt **ret_stmt)
{
	CLEANUP(buf_fini) struct buf sql = {.limit = SQL_LIMIT};
	struct err e;
	bool row = false;

	sql_select(history ? r->history : r->table, "where t.id = :id limit 1", &sql);
	if (sql.failed || db_prepare(ctx->db, sql.data, ret_stmt, &e) != ERR_NONE)
		return false;
	db_bind_int(*ret_stmt, 1, id);
	return db_step(*ret_stmt, &row, &e) == ERR_NONE && row;
}

static int64_t
organisation_of(struct ctx *ctx, const struct reg *r, int64_t id)
{
	for (int history = 0; history < 2; history++) {
		DB_STMT *s = NULL;

		if (row_find(ctx, r, id, history, &s))
			return db_int(s, COLUMN_ORGANISATION);
	}
	return 0;
}

static void
organisation_key(struct ctx *ctx, int64_t organisation, char out[KEY_SIZE])
{
	const struct reg *r = model_reg(ctx->model, str_of("organisation"));

	out[0] = '\0';
	for (int history = 0; r && organisation && !out[0] && history < 2; history++) {
		DB_STMT *s = NULL;

		if (row_find(ctx, r, organisation, history, &s))
			(void)snprintf(out, KEY_SIZE, "%.*s", STR_ARG(db_text(s, COLUMN_KEY)));
	}
}

/* "ACC-1042, version 3 (account, alpha) " */
static void
who(const struct verify_fault *f, char out[WHO_SIZE])
{
	char version[32] = "";

	if (f->version > 0 && f->reg[0])
		(void)snprintf(version, sizeof(version), ", version %lld", (long long)f->version);
	if (!f->record[0])
		out[0] = '\0';
	else if (!f->reg[0])
		(void)snprintf(out, WHO_SIZE, "%s ", f->record);
	else
		(void)snprintf(out, WHO_SIZE, "%s%s (%s%s%s) ", f->record, version, f->reg,
			       f->organisation[0] ? ", " : "", f->organisation);
}

static void
report(struct verifier *v, const struct subject *s, const char *text)
{
	struct verify_fault f = {.what = s->what,
				 .record = "",
				 .reg = "",
				 .organisation = "",
				 .version = s->version,
				 .index = s->index};
	const struct reg *r = model_reg_of_id(v->ctx->model, s->id);
	int64_t organisation = s->organisation;
	char name[RECORD_NAME_SIZE] = "";
	char key[KEY_SIZE];
	char message[MESSAGE_SIZE + WHO_SIZE];

	v->faults++;
	if (v->quiet)
		return;
	if (r) {
		record_name(v->ctx->model, s->id, name);
		f.reg = r->name;
		organisation_key(v->ctx,
				 organisation ? organisation : organisation_of(v->ctx, r, s->id),
				 key);
		f.organisation = key;
	} else if (s->id != 0) {
		(void)snprintf(name, sizeof(name), "%s %lld",
			       s->id >> ID_CODE_SHIFT == 0 ? "event" : "record", (long long)s->id);
	}
	f.record = name;
	who(&f, message);
	(void)snprintf(message + strlen(message), MESSAGE_SIZE, "%s", text);
	f.message = message;
	v->o->found(v->o->object, &f);
}

void
verify_report(struct verifier *v, const struct subject *s, const char *format, ...)
{
	char text[MESSAGE_SIZE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report(v, s, text);
}

/* The ledger knows its subjects by number only; people know them by name. */
void
verify_ledger_fault(void *object, const struct ledger_fault *f)
{
	static const struct {
		const char *what;
		const char *before; /* the leaf's number, when it has one */
		const char *after;
	} sentences[] = {
		{"leaf",		 "is not what was sealed as leaf",
		 ": it, or which leaf it is, was altered after it was recorded"					       },
		{"tile",		 "cannot be verified: the ledger's own tile with leaf",
		 " was altered or cut"											},
		{"leaf_missing",	 "has no leaf in the ledger",
		 ": it was written past the program, or its row in ledger_leaf was deleted or "
		 "altered"												    },
		{"leaf_unsealed",	  "stands as leaf",
		 ", which no good checkpoint covers: a later checkpoint was deleted or altered, or "
		 "the leaf was added"											 },
		{"leaf_claimed_twice", "stands as leaf",					 ", which another one claims too"},
		{"leaf_unclaimed",	   "was sealed as leaf",					 " but is gone: it was deleted"  },
	};
	struct verifier *v = object;
	struct subject s = {
		.what = f->what, .id = f->subject, .version = f->version, .index = f->index};
	size_t i = 0;

	while (f->subject && i < COUNT_OF(sentences) && strcmp(sentences[i].what, f->what) != 0)
		i++;
	if (!f->subject || i == COUNT_OF(sentences))
		report(v, &s, f->message);
	else if (f->index < 0)
		verify_report(v, &s, "%s%s", sentences[i].before, sentences[i].after);
	else
		verify_report(v, &s, "%s %lld%s", sentences[i].before, (long long)f->index,
			      sentences[i].after);
}
