#include "api/caller.h"
#include "api/me.h"
#include "api/routes.h"
#include "base/civil.h"
#include "base/limits.h"
#include "identity/login.h"
#include "record/note.h"
#include "search/search.h"
#include "search/words.h"

#include <string.h>

enum { OWNERS = 12 };

static void
login_write(struct call *c, const struct login *l)
{
	char person[RECORD_NAME_SIZE];
	char stamp[CIVIL_STAMP_LEN + 1];

	record_name(c->ctx.model, l->person, person);
	civil_format_stamp(l->made_at, stamp);
	jw_object(&c->w);
	jw_key_text(&c->w, "name", l->name);
	jw_key_text(&c->w, "person", l->person ? str_of(person) : (struct str){0});
	jw_key_text(&c->w, "external_id", l->external_id);
	jw_key_bool(&c->w, "enabled", l->enabled);
	jw_key_bool(&c->w, "administrator", l->administrator);
	jw_key_bool(&c->w, "has_password", l->has_password);
	jw_key_bool(&c->w, "second_factor", l->second_factor);
	jw_key_text(&c->w, "made_at", str_of(stamp));
	jw_end_object(&c->w);
}

enum err_code
users_list(struct call *c)
{
	struct login *logins = NULL;
	size_t count = 0;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_list(&c->ctx, &logins, &count);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key(&c->w, "users");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++)
		login_write(c, &logins[i]);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return ERR_NONE;
}

static bool
begins(struct str text, struct str with)
{
	return text.len >= with.len && memcmp(text.ptr, with.ptr, with.len) == 0;
}

/* Whether one of the words begins so, or several that are one, as in O'Neill. */
static bool
has_word(const struct word_list *l, struct str word, struct arena *a)
{
	size_t end;

	for (size_t i = 0; i < l->count; i = end) {
		end = words_compound(l, i);
		for (size_t k = i; k < end; k++) {
			if (begins(l->words[k].text, word))
				return true;
		}
		if (begins(words_joined(l, i, end, a), word))
			return true;
	}
	return false;
}

/* Whether name and key have each of the words. What else a record says is no administrator's
 * business, so that no word of it finds the record here. */
static bool
is_called(struct call *c, const struct search_hit *hit, struct str words)
{
	struct arena *a = c->r->arena;
	struct word_list asked = {0};
	struct word_list told = {0};
	bool all = true;

	(void)words_add(&asked, words, LIMIT_SEARCH_WORDS, a);
	(void)words_add(&told, hit->title, LIMIT_SEARCH_RECORD_WORDS, a);
	(void)words_add(&told, hit->key, LIMIT_SEARCH_RECORD_WORDS, a);
	for (size_t i = 0; all && i < asked.count; i++)
		all = has_word(&told, asked.words[i].text, a);
	return all;
}

/* What is not restricted everybody may be told of; what is stands in the ledger, as whoever reads
 * it. */
static enum err_code
owners_note(struct call *c, const struct search_hit *hits, size_t count)
{
	int64_t ids[OWNERS];

	for (size_t i = 0; i < count; i++)
		ids[i] = hits[i].id;
	return count ? note_read(&c->ctx, model_reg_of_id(c->ctx.model, ids[0]), ids, count)
		     : ERR_NONE;
}

static void
owners_write(struct call *c, const struct search_hit *hits, size_t count)
{
	char name[RECORD_NAME_SIZE];

	jw_object(&c->w);
	jw_key(&c->w, "owners");
	jw_array(&c->w);
	for (size_t i = 0; i < count; i++) {
		const struct search_hit *hit = &hits[i];

		record_name(c->ctx.model, hit->id, name);
		jw_object(&c->w);
		jw_key_word(&c->w, "id", name);
		jw_key_word(&c->w, "register", model_reg_of_id(c->ctx.model, hit->id)->name);
		jw_key_text(&c->w, "key", hit->key);
		jw_key_text(&c->w, "title", hit->title);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
	jw_end_object(&c->w);
}

/* Whom a login can be given to, whatever the administrator's own roles let him see: by name and
 * key, and no more than those. */
enum err_code
users_owners(struct call *c)
{
	const struct who *asker = c->ctx.who;
	struct search_question q = {.words = http_query(c->r, "q"),
				    .reg = http_query(c->r, "of"),
				    .limit = LIMIT_SEARCH_HITS};
	struct search_page p;
	bool whole = false;
	size_t count = 0;
	enum err_code rc = call_administers(c);

	if (!rc && (!q.words.ptr || !q.reg.ptr))
		rc = err_set(&c->ctx.err, ERR_USAGE, q.words.ptr ? "of" : "q",
			     "say whom to look for, as q=smith and of=person");
	if (!rc) {
		c->ctx.who = NULL;
		rc = search_now(&c->ctx, c->service->search, &q, &p, &whole);
		c->ctx.who = asker;
	}
	for (size_t i = 0; !rc && i < p.count && count < OWNERS; i++) {
		if (is_called(c, &p.hits[i], q.words))
			p.hits[count++] = p.hits[i];
	}
	if (!rc)
		rc = owners_note(c, p.hits, count);
	if (!rc)
		owners_write(c, p.hits, count);
	return rc;
}

/* The login as it is now. */
static enum err_code
login_answer(struct call *c, struct str name)
{
	struct login l;
	enum err_code rc = call_see(c);

	if (!rc)
		rc = login_find(&c->ctx, name, &l);
	if (rc)
		return rc;
	login_write(c, &l);
	return ERR_NONE;
}

enum err_code
users_add(struct call *c)
{
	struct visit v = call_visit(c);
	struct login_new n = {
		.name = json_str(json_object_get(c->body, "name")),
		.person = json_string_value(json_object_get(c->body, "person")),
		.organisation = json_string_value(json_object_get(c->body, "organisation")),
		.administrator = json_is_true(json_object_get(c->body, "administrator"))};
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_add(&v, &n);
	return rc ? rc : login_answer(c, n.name);
}

/* What the body names, in one order. */
static enum err_code
login_change(struct call *c, struct str name)
{
	struct visit v = call_visit(c);
	const json_t *enabled = json_object_get(c->body, "enabled");
	const json_t *administrator = json_object_get(c->body, "administrator");
	const json_t *password = json_object_get(c->body, "password");
	bool changed;
	enum err_code rc = ERR_NONE;

	if (json_is_string(password))
		rc = login_set_password(&v, name, json_str(password));
	if (!rc && json_is_boolean(administrator))
		rc = login_promote(&v, name, json_is_true(administrator), &changed);
	if (!rc && json_is_boolean(enabled))
		rc = login_enable(&v, name, json_is_true(enabled), &changed);
	return rc;
}

enum err_code
users_change(struct call *c)
{
	struct str name = http_parameter(c->r, "user");
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_change(c, name);
	return rc ? rc : login_answer(c, name);
}

enum err_code
users_reset_factor(struct call *c)
{
	struct visit v = call_visit(c);
	struct str name = http_parameter(c->r, "user");
	bool changed;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_reset_factor(&v, name, &changed);
	return rc;
}

enum err_code
users_end_sessions(struct call *c)
{
	struct visit v = call_visit(c);
	int64_t ended = 0;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_end_sessions(&v, http_parameter(c->r, "user"), &ended);
	if (rc)
		return rc;
	jw_object(&c->w);
	jw_key_int(&c->w, "ended", ended);
	jw_end_object(&c->w);
	return ERR_NONE;
}

/* The login whose tokens these are, changed by whoever asks. */
static enum err_code
owner_find(struct call *c, struct who *ret_owner)
{
	struct login l;
	enum err_code rc = call_administers(c);

	if (!rc)
		rc = login_find(&c->ctx, http_parameter(c->r, "user"), &l);
	if (!rc)
		*ret_owner = (struct who){.login = l.id, .name = l.name, .actor = c->who.actor};
	return rc;
}

enum err_code
users_tokens(struct call *c)
{
	struct who owner;
	enum err_code rc = owner_find(c, &owner);

	return rc ? rc : tokens_answer(c, &owner);
}

enum err_code
users_make_token(struct call *c)
{
	const struct token_new n = {
		.name = json_str(json_object_get(c->body, "name")),
		.days = json_integer_value(json_object_get(c->body, "days")),
		.writes = true,
		.all_registers = true,
		.scim = true,
		.login = http_parameter(c->r, "user"),
	};
	enum err_code rc = call_administers(c);

	return rc ? rc : token_made_answer(c, &n);
}

enum err_code
users_revoke_token(struct call *c)
{
	struct who owner;
	enum err_code rc = owner_find(c, &owner);

	return rc ? rc : token_revoke(c, &owner);
}
