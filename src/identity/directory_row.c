#include "identity/directory.h"

#include "identity/identity_priv.h"

#include <string.h>

/* LOGIN_COLUMNS come first (identity_priv.h). A directory that sees all has :all = 1. */
#define DIRECTORY_FROM                                                                             \
	LOGIN_FROM "left join login_directory d on d.login = l.id "                                \
		   "left join person p on p.id = l.person "                                        \
		   "where (l.person is not null or d.login is not null) "                          \
		   "and d.withdrawn_at is null "                                                   \
		   "and (1 = :all or coalesce(l.organisation, p.organisation) = :organisation) "
#define DIRECTORY_SELECT                                                                           \
	"select " LOGIN_COLUMNS                                                                    \
	", coalesce(l.organisation, p.organisation, 0), coalesce(d.user_name, l.name), "           \
	"d.profile, coalesce(d.changed_at, l.made_at), case when d.login is null then 0 else 1 "   \
	"end " DIRECTORY_FROM
#define DIRECTORY_PAGE                                                                             \
	"and (l.made_at > :at or (l.made_at = :at and l.id > :id)) "                               \
	"order by l.made_at, l.id limit :limit offset :skip"

static const char *const statements[] = {
	[DIRECTORY_ALL] = DIRECTORY_SELECT DIRECTORY_PAGE,
	[DIRECTORY_NUMBER] = DIRECTORY_SELECT "and l.id = :number " DIRECTORY_PAGE,
	/* Two indexes, where one question for either would use none. */
	[DIRECTORY_USER_NAME] =
		DIRECTORY_SELECT "and l.id in (select f.login from login_directory f where "
				 "f.folded = :text union all select n.id from login n where n.name "
				 "= :text and not exists (select 1 from login_directory o where "
				 "o.login = n.id)) " DIRECTORY_PAGE,
	[DIRECTORY_EXTERNAL_ID] = DIRECTORY_SELECT "and l.external_id = :text " DIRECTORY_PAGE,
	[DIRECTORY_PERSON] = DIRECTORY_SELECT "and l.person = :number " DIRECTORY_PAGE,
};

struct directory
directory_of(const struct who *who)
{
	int64_t organisation = who->role_count > 0 ? who->roles[0].organisation : -1;

	return (struct directory){.all = organisation == 0, .organisation = organisation};
}

static struct directory_login
row_read(const struct db_stmt *s, struct arena *a)
{
	struct directory_login l = {
		.login = login_read(s, a),
		.organisation = db_int(s, LOGIN_COLUMN_COUNT),
		.user_name = str_dup(a, db_text(s, LOGIN_COLUMN_COUNT + 1)),
		.changed_at = db_int(s, LOGIN_COLUMN_COUNT + 3),
		.kept = db_int(s, LOGIN_COLUMN_COUNT + 4) != 0,
	};

	if (!db_is_null(s, LOGIN_COLUMN_COUNT + 2))
		l.profile = str_dup(a, db_text(s, LOGIN_COLUMN_COUNT + 2));
	return l;
}

/* Those of its parameters that the statement has. */
static void
bind_int(struct db_stmt *s, const char *name, int64_t number)
{
	int index = db_param(s, name);

	if (index > 0)
		db_bind_int(s, index, number);
}

static void
whose_bind(struct db_stmt *s, const struct directory *whose)
{
	bind_int(s, "all", whose->all);
	bind_int(s, "organisation", whose->organisation);
}

enum err_code
directory_read(struct ctx *ctx, const struct directory_question *q,
	       struct directory_login **ret_list, size_t *ret_count)
{
	struct directory_login *list = NULL;
	struct str text = q->text;
	size_t count = 0, cap = 0;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, statements[q->by], &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	if (q->by == DIRECTORY_USER_NAME)
		text = login_fold(ctx->arena, text);
	whose_bind(s, &q->whose);
	bind_int(s, "number", q->number);
	if (db_param(s, "text") > 0)
		db_bind_text(s, db_param(s, "text"), text);
	bind_int(s, "at", q->after ? q->after->login.made_at : INT64_MIN);
	bind_int(s, "id", q->after ? q->after->login.id : 0);
	bind_int(s, "limit", q->limit);
	bind_int(s, "skip", q->skip);
	while (!(rc = db_step(s, &row, &ctx->err)) && row) {
		list = arena_room(ctx->arena, list, count, &cap, sizeof(*list));
		list[count++] = row_read(s, ctx->arena);
	}
	if (rc)
		return rc;
	*ret_list = list;
	*ret_count = count;
	return ERR_NONE;
}

enum err_code
directory_count(struct ctx *ctx, const struct directory *whose, int64_t *ret_count)
{
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(ctx->db, "select count(*) " DIRECTORY_FROM, &s, &ctx->err);
	bool row;

	if (rc)
		return rc;
	whose_bind(s, whose);
	rc = db_step(s, &row, &ctx->err);
	if (!rc)
		*ret_count = db_int(s, 0);
	return rc;
}
