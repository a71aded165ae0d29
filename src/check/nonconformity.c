#include "check/assess_priv.h"

#include "base/civil.h"
#include "base/limits.h"
#include "model/sql.h"

#include <stdio.h>

/* The recorded finding, or NULL: the work on it (owner, dates, state) belongs to people and is
 * kept. */
static enum err_code
finding_load(struct assessment *as, struct record *r, bool *ret_found)
{
	struct record old;
	enum err_code rc = writer_find(as->writer, r, &r->id, NULL);

	*ret_found = false;
	if (rc || r->id == 0)
		return rc;
	rc = record_load(as->ctx, r->id, &as->work, &old);
	if (rc == ERR_MISSING) {
		/* It was retired by hand: it begins anew under the same key. */
		as->ctx->err = (struct err){0};
		return ERR_NONE;
	}
	if (rc)
		return rc;
	*r = old;
	*ret_found = true;
	return ERR_NONE;
}

/* The one person who holds the owner's role for the organisation; 0 when there is none or there are
 * several. */
static enum err_code
owner_find(struct assessment *as, const struct nonconformity *n, int64_t *ret_person)
{
	struct ctx *ctx = as->ctx;
	DB_STMT *s = NULL;
	enum err_code rc = db_prepare(
		ctx->db,
		"select min(r.person), count(distinct r.person) from role_assignment r "
		"where r.role = :role and r.organisation = :organisation and r.person is not null "
		"and coalesce(r.state, 'current') = 'current' "
		"and (r.valid_from is null or r.valid_from <= :today) "
		"and (r.valid_to is null or r.valid_to >= :today)",
		&s, &ctx->err);
	bool row;

	*ret_person = 0;
	if (rc)
		return rc;
	db_bind_text(s, db_param(s, "role"), str_of(n->obligation->owners.words[0]));
	db_bind_int(s, db_param(s, "organisation"), n->party->id);
	db_bind_text(s, db_param(s, "today"), date_text(as, as->today));
	rc = db_step(s, &row, &ctx->err);
	if (!rc && row && db_int(s, 1) == 1)
		*ret_person = db_int(s, 0);
	return rc;
}

static struct str
summary(struct assessment *as, const struct nonconformity *n)
{
	CLEANUP(buf_fini) struct buf text = {.limit = LIMIT_FIELD_BYTES};
	char since[CIVIL_DATE_LEN + 1];

	buf_addf(&text, "%s: ", n->obligation->title);
	if (n->waived && !n->stands) {
		buf_addf(&text, "tolerated by a decision");
	} else if (n->failing > 0) {
		civil_format_date(zone_date(as->ctx->zone, n->since), since);
		buf_addf(&text, "%lld record%s failing since %s", (long long)n->failing,
			 n->failing == 1 ? "" : "s", since);
	} else if (n->stands) {
		buf_addf(&text, "not proven in a period that has ended");
	} else {
		buf_addf(&text, "no record fails any more");
	}
	return str_dup(&as->work, (struct str){text.data, text.len});
}

static enum err_code
finding_open(struct assessment *as, const struct nonconformity *n, struct record *r)
{
	const struct obligation *o = n->obligation;
	int64_t owner;
	enum err_code rc = owner_find(as, n, &owner);

	record_set_text(r, "kind", str_of("nonconformity"));
	record_set_text(r, "obligation", str_of(o->id));
	record_set_text(r, "severity", str_of(o->severity));
	record_set_int(r, "subject", n->party->id);
	record_set_text(r, "raised_on", date_text(as, as->today));
	if (owner)
		record_set_int(r, "owner", owner);
	return rc;
}

/* What is put right is done; that somebody else confirms it is for people to say. What comes back
 * is open again. */
static struct str
state_of(const struct nonconformity *n, struct str old)
{
	if (str_is(old, "accepted"))
		return old;
	if (n->stands)
		return str_is(old, "planned") ? old : str_of("open");
	return str_is(old, "open") || str_is(old, "planned") ? str_of("done") : old;
}

enum err_code
nonconformity_settle(struct assessment *as, const struct nonconformity *n)
{
	const struct reg *reg = model_reg(as->ctx->model, str_of("finding"));
	char before[LIMIT_KEY_BYTES];
	struct str key = {0};
	struct record r;
	bool found;
	enum err_code rc;

	if (snprintf(before, sizeof(before), "NC/%s", n->obligation->id) < (int)sizeof(before))
		key = settle_key(as, before, n->party, "");
	if (!key.ptr)
		return err_set(&as->ctx->err, ERR_TOO_BIG, "", "the key of a finding is too long");
	r = record_blank(reg, key, n->party->id, &as->work);
	rc = finding_load(as, &r, &found);
	if (rc || (!found && !n->stands))
		return rc;
	if (!found)
		rc = finding_open(as, n, &r);
	if (rc)
		return rc;
	r.state = state_of(n, r.state);
	if (n->cell && n->stands)
		record_set_int(&r, "source", n->cell);
	record_set_text(&r, "summary", summary(as, n));
	return settle_put(as, &r);
}
