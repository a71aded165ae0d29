/* scim_priv.h -- what the files of this folder share. */
#ifndef SCIM_SCIM_PRIV_H
#define SCIM_SCIM_PRIV_H

#include "scim/filter.h"
#include "scim/scim.h"

/* The source of the records that a directory brings. Those of others it leaves as they are. */
#define SCIM_FEED "scim"

/* Where something is read: the request's own context, or the writer's with the memory of the
 * request. `e` is where errors go. */
struct at {
	const struct scim *s;
	struct ctx *ctx;
	struct directory whose;
	struct writer *w; /* NULL while only reading */
};

/* JSON that goes with the arena. */
json_t *json_kept(struct arena *a, json_t *json);
void json_set_text(json_t *object, const char *name, struct str text); /* nothing for {NULL, 0} */
struct str number_text(struct arena *a, int64_t number);
/* "2026-06-15", in the plan's time zone. */
struct str today_text(const struct ctx *ctx);

/* answer.c: completes meta, with the version that it makes of all the rest. */
MUST_CHECK enum err_code resource_seal(const struct at *at, const struct scim_kind *k,
				       json_t *resource, struct str *ret_tag);
/* Without what is not wanted. A new reference. */
json_t *resource_cut(const json_t *resource, const struct scim_query *q);
bool query_wants(const struct scim_query *q, const char *attribute);
MUST_CHECK enum err_code tag_check(struct str match, struct str tag, struct err *e);

/* user.c */
MUST_CHECK enum err_code user_find(const struct at *at, struct str id,
				   struct directory_login *ret_user);
/* A new reference. */
MUST_CHECK enum err_code user_resource(const struct at *at, const struct directory_login *u,
				       bool groups, json_t **ret_resource);
MUST_CHECK enum err_code user_page(const struct at *at, const struct scim_query *q,
				   const json_t **ret_answer);
MUST_CHECK enum err_code list_answer(const struct at *at, const struct scim_query *q, int64_t total,
				     json_t *resources, const json_t **ret_answer);

/* user_write.c */
MUST_CHECK enum err_code user_write(const struct at *at, struct scim_edit *ed);

/* person.c: the record of somebody. What of it a directory says: */
struct person_said {
	struct str number; /* key of the record; {NULL, 0} when it has none */
	struct str name;
	struct str team;
	struct str manager; /* id of a user */
};
enum person_stay { PERSON_AS_HE_IS, PERSON_HERE, PERSON_LEAVING, PERSON_GONE };
/* The person of that number there, or a new one. */
MUST_CHECK enum err_code person_join(const struct at *at, int64_t organisation,
				     const struct person_said *said, bool active,
				     int64_t *ret_person);
/* Of a person that a directory brought: what it says now, and whether he is still there. */
MUST_CHECK enum err_code person_change(const struct at *at, int64_t person,
				       const struct person_said *said, enum person_stay stay);

/* group.c */
MUST_CHECK enum err_code group_page(const struct at *at, const struct scim_query *q,
				    const json_t **ret_answer);
MUST_CHECK enum err_code group_find(const struct at *at, struct str id,
				    const struct role **ret_role);
/* A new reference. */
MUST_CHECK enum err_code group_resource(const struct at *at, const struct role *role, bool members,
					json_t **ret_resource);
/* The groups that somebody is a member of, for his resource; NULL when there is none. A new
 * reference. */
MUST_CHECK enum err_code groups_of(const struct at *at, int64_t person, json_t **ret_groups);
MUST_CHECK enum err_code group_change(const struct at *at, const struct scim_edit *ed);
/* Ends all of a person's roles that groups stand for. */
MUST_CHECK enum err_code groups_leave(const struct at *at, int64_t person);

/* record.c: one edit of a record, whose values it releases. `id` 0 makes one. */
struct record_edit {
	const char *reg;
	int64_t id;
	int64_t organisation;
	json_t *values;
};
MUST_CHECK enum err_code record_edit(const struct at *at, struct record_edit *ed);

#endif
