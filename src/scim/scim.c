#include "scim/scim.h"

#include "access/grant.h"
#include "base/limits.h"
#include "scim/scim_priv.h"

/* The registers that this is about, which whoever asks must be let read at all. */
static enum err_code
may_read(const struct at *at)
{
	static const char *const needed[] = {"organisation", "person", "role_assignment"};
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < COUNT_OF(needed); i++) {
		const struct reg *r = model_reg(at->ctx->model, str_of(needed[i]));

		rc = r ? grant_some(at->ctx->model, at->s->who, r, ACT_READ, &at->ctx->err)
		       : err_set(&at->ctx->err, ERR_INVALID, "", "the plan has no register '%s'",
				 needed[i]);
	}
	return rc;
}

static struct at
at_of(const struct scim *s)
{
	return (struct at){.s = s, .ctx = s->visit.ctx, .whose = directory_of(s->who)};
}

enum err_code
scim_list(const struct scim *s, const struct scim_kind *k, const struct scim_query *q,
	  const json_t **ret_answer)
{
	struct at at = at_of(s);
	struct scim_query page = *q;
	enum err_code rc = may_read(&at);

	if (rc)
		return rc;
	page.start = q->start < 1 ? 1 : q->start;
	page.count = q->count < 0 || q->count > LIMIT_SCIM_PAGE ? LIMIT_SCIM_PAGE : q->count;
	/* Past what there can be, so that no sum of the two overflows. */
	if (page.start > INT32_MAX)
		page.start = INT32_MAX;
	return k == &scim_users ? user_page(&at, &page, ret_answer)
				: group_page(&at, &page, ret_answer);
}

static enum err_code
resource_read(const struct at *at, const struct scim_kind *k, struct str id, json_t **ret_resource)
{
	const struct role *role = NULL;
	struct directory_login user;
	enum err_code rc;

	if (k == &scim_groups) {
		rc = group_find(at, id, &role);
		return rc ? rc : group_resource(at, role, true, ret_resource);
	}
	rc = user_find(at, id, &user);
	return rc ? rc : user_resource(at, &user, true, ret_resource);
}

enum err_code
scim_show(const struct scim *s, const struct scim_kind *k, struct str id,
	  const struct scim_query *q, struct scim_shown *ret_shown)
{
	struct at at = at_of(s);
	json_t *resource = NULL;
	enum err_code rc = may_read(&at);

	if (!rc)
		rc = resource_read(&at, k, id, &resource);
	if (rc)
		return rc;
	(void)json_kept(at.ctx->arena, resource);
	rc = resource_seal(&at, k, resource, &ret_shown->tag);
	if (rc)
		return rc;
	ret_shown->location =
		json_str(json_object_get(json_object_get(resource, "meta"), "location"));
	ret_shown->json = json_kept(at.ctx->arena, resource_cut(resource, q));
	return ERR_NONE;
}

/* Reads with the writer's connection, so that what it decides on is what it changes. */
enum err_code
scim_edit_write(void *object, struct writer *w)
{
	struct scim_edit *ed = object;
	struct ctx *own = writer_ctx(w);
	struct ctx ctx = *own;
	struct at at = at_of(ed->s);
	enum err_code rc;

	ctx.arena = ed->s->visit.ctx->arena;
	ctx.hasher = ed->s->visit.ctx->hasher;
	ctx.err = (struct err){0};
	at.ctx = &ctx;
	at.w = w;
	rc = may_read(&at);
	if (!rc)
		rc = ed->kind == &scim_users ? user_write(&at, ed) : group_change(&at, ed);
	if (rc)
		own->err = ctx.err;
	return rc;
}
