#include "model/changes.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

/* One kind of thing that a plan has, by name. */
struct kind {
	const char *name;     /* "obligations" */
	const char *singular; /* for people */
	size_t (*count)(const struct model *m);
	const char *(*name_of)(const struct model *m, size_t i);
	/* What is said of one that is in both: NULL when it is the same in both. */
	json_t *(*compare)(const struct model *old, size_t i, const struct model *now, size_t k);
};

static bool
same_words(const struct words *a, const struct words *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->words[i], b->words[i]) == 0;
	return same;
}

static bool
same_feeds(const struct obligation *a, const struct obligation *b)
{
	bool same = a->feed_count == b->feed_count;

	for (size_t i = 0; same && i < a->feed_count; i++)
		same = strcmp(a->feeds[i]->name, b->feeds[i]->name) == 0;
	return same;
}

static bool
same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static size_t
obligation_count(const struct model *m)
{
	return m->plan.obligation_count;
}

static const char *
obligation_name(const struct model *m, size_t i)
{
	return m->plan.obligations[i].id;
}

/* The names of what differs. A check that uses a changed view stands here as unchanged: the view
 * is told by itself. */
static json_t *
obligation_compare(const struct model *old, size_t i, const struct model *now, size_t k)
{
	const struct obligation *a = &old->plan.obligations[i];
	const struct obligation *b = &now->plan.obligations[k];
	static const char *const aspects[] = {"title", "duty",	   "owner", "applies_to", "cadence",
					      "proof", "severity", "binds", "controls",	  "cites",
					      "feeds", "empty",	   "scope", "check"};
	const bool same[COUNT_OF(aspects)] = {same_text(a->title, b->title),
					      same_text(a->duty, b->duty),
					      same_words(&a->owners, &b->owners),
					      same_text(a->applies_to->name, b->applies_to->name),
					      a->cadence == b->cadence,
					      a->proof == b->proof,
					      same_text(a->severity, b->severity),
					      same_words(&a->binds, &b->binds),
					      same_words(&a->controls, &b->controls),
					      same_words(&a->cites, &b->cites),
					      same_feeds(a, b),
					      a->quiet_when_empty == b->quiet_when_empty,
					      same_text(a->scope.text, b->scope.text),
					      same_text(a->check.text, b->check.text)};
	json_t *list = json_array();

	for (size_t n = 0; n < COUNT_OF(aspects); n++) {
		if (!same[n])
			(void)json_array_append_new(list, json_string(aspects[n]));
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

static size_t
param_count(const struct model *m)
{
	return m->plan.param_count;
}

static const char *
param_name(const struct model *m, size_t i)
{
	return m->plan.params[i].name;
}

static void
param_figure(const struct param *p, struct buf *out)
{
	if (p->kind == UNIT_NUMBER)
		buf_addf(out, "%lld %s", (long long)p->number, p->unit);
	else
		buf_addf(out, "%s", p->text);
	buf_addf(out, " (%s)", p->origin);
}

/* The old figure and the new one. */
static json_t *
param_compare(const struct model *old, size_t i, const struct model *now, size_t k)
{
	CLEANUP(buf_fini) struct buf a = {.limit = LIMIT_FIELD_BYTES};
	CLEANUP(buf_fini) struct buf b = {.limit = LIMIT_FIELD_BYTES};

	param_figure(&old->plan.params[i], &a);
	param_figure(&now->plan.params[k], &b);
	if (!a.failed && !b.failed && strcmp(a.data, b.data) == 0)
		return NULL;
	return json_pack("[s, s]", a.failed ? "?" : a.data, b.failed ? "?" : b.data);
}

static size_t
role_count(const struct model *m)
{
	return m->plan.role_count;
}

static const char *
role_name(const struct model *m, size_t i)
{
	return m->plan.roles[i].name;
}

static json_t *
role_compare(const struct model *old, size_t i, const struct model *now, size_t k)
{
	const struct role *a = &old->plan.roles[i];
	const struct role *b = &now->plan.roles[k];
	bool same = same_text(a->title, b->title) && same_text(a->clearance, b->clearance) &&
		    same_words(&a->sections, &b->sections) &&
		    same_words(&a->training, &b->training) &&
		    same_words(&a->conflicts, &b->conflicts) && same_words(&a->may, &b->may) &&
		    a->second_factor == b->second_factor && same_words(&a->write, &b->write) &&
		    same_words(&a->not_write, &b->not_write) && same_words(&a->read, &b->read) &&
		    a->reads_some == b->reads_some && a->sees_all == b->sees_all;

	return same ? NULL : json_true();
}

static size_t
view_count(const struct model *m)
{
	return m->plan.view_count;
}

static const char *
view_name(const struct model *m, size_t i)
{
	return m->plan.views[i].name;
}

static json_t *
view_compare(const struct model *old, size_t i, const struct model *now, size_t k)
{
	return same_text(old->plan.views[i].sql, now->plan.views[k].sql) ? NULL : json_true();
}

static size_t
file_count(const struct model *m)
{
	return m->files.count;
}

static const char *
file_name(const struct model *m, size_t i)
{
	return m->files.files[i].path;
}

static json_t *
file_compare(const struct model *old, size_t i, const struct model *now, size_t k)
{
	return str_eq(old->files.files[i].bytes, now->files.files[k].bytes) ? NULL : json_true();
}

static const struct kind kinds[] = {
	{.name = "obligations",
	 .singular = "obligation",
	 .count = obligation_count,
	 .name_of = obligation_name,
	 .compare = obligation_compare},
	{.name = "parameters",
	 .singular = "parameter",
	 .count = param_count,
	 .name_of = param_name,
	 .compare = param_compare	 },
	{.name = "roles",
	 .singular = "role",
	 .count = role_count,
	 .name_of = role_name,
	 .compare = role_compare	},
	{.name = "views",
	 .singular = "view",
	 .count = view_count,
	 .name_of = view_name,
	 .compare = view_compare	},
	{.name = "files",
	 .singular = "file",
	 .count = file_count,
	 .name_of = file_name,
	 .compare = file_compare	},
};

/* The place of the name, or the count. */
static size_t
find(const struct kind *k, const struct model *m, const char *name)
{
	size_t i = 0;

	while (i < k->count(m) && strcmp(k->name_of(m, i), name) != 0)
		i++;
	return i;
}

static json_t *
kind_changes(const struct kind *k, const struct model *old, const struct model *now)
{
	json_t *added = json_array();
	json_t *removed = json_array();
	json_t *changed = json_object();

	for (size_t i = 0; i < k->count(old); i++) {
		const char *name = k->name_of(old, i);
		size_t at = find(k, now, name);
		json_t *what = NULL;

		if (at == k->count(now))
			(void)json_array_append_new(removed, json_string(name));
		else
			what = k->compare(old, i, now, at);
		if (what)
			(void)json_object_set_new(changed, name, what);
	}
	for (size_t i = 0; i < k->count(now); i++) {
		const char *name = k->name_of(now, i);

		if (find(k, old, name) == k->count(old))
			(void)json_array_append_new(added, json_string(name));
	}
	return json_pack("{s:o, s:o, s:o}", "added", added, "changed", changed, "removed", removed);
}

json_t *
plan_changes(const struct model *old, const struct model *now)
{
	json_t *all = json_object();

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		(void)json_object_set_new(all, kinds[i].name, kind_changes(&kinds[i], old, now));
	return all;
}

static void
list_text(const struct kind *k, const json_t *list, const char *word, struct buf *out)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		buf_addf(out, "%s %s: %s\n", k->singular,
			 json_string_value(json_array_get(list, i)), word);
}

static void
changed_text(const struct kind *k, const char *name, const json_t *what, struct buf *out)
{
	bool figures = k->compare == param_compare;

	buf_addf(out, "%s %s: %s", k->singular, name, figures ? "" : "changed");
	for (size_t i = 0; i < json_array_size(what); i++)
		buf_addf(out, "%s%s",
			 i == 0	   ? (figures ? "" : " ")
			 : figures ? " -> "
				   : ", ",
			 json_string_value(json_array_get(what, i)));
	buf_addf(out, "\n");
}

void
plan_changes_text(const json_t *changes, struct buf *out)
{
	/* The last kind, files, says the same again. */
	for (size_t i = 0; i < COUNT_OF(kinds) - 1; i++) {
		const struct kind *k = &kinds[i];
		json_t *of_kind = json_object_get(changes, k->name);
		const char *name;
		json_t *what;

		list_text(k, json_object_get(of_kind, "added"), "new", out);
		json_object_foreach(json_object_get(of_kind, "changed"), name, what)
		{
			changed_text(k, name, what, out);
		}
		list_text(k, json_object_get(of_kind, "removed"), "gone", out);
	}
}

/* How many of each. */
static json_t *
changes_counted(const json_t *changes)
{
	json_t *all = json_object();

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const json_t *of_kind = json_object_get(changes, kinds[i].name);

		(void)json_object_set_new(
			all, kinds[i].name,
			json_pack("{s:i, s:i, s:i}", "added",
				  (int)json_array_size(json_object_get(of_kind, "added")),
				  "changed",
				  (int)json_object_size(json_object_get(of_kind, "changed")),
				  "removed",
				  (int)json_array_size(json_object_get(of_kind, "removed"))));
	}
	return all;
}

enum err_code
plan_taken_detail(const struct model *now, const json_t *changes, struct buf *out, struct err *e)
{
	/* The entry has more to hold than this. */
	enum { CHANGES_MOST = LIMIT_ENTRY_BYTES - 4096 };
	char hex[HASH_HEX_LEN + 1];
	json_t *detail;
	enum err_code rc;

	hash_hex(&now->hash, hex);
	detail = json_pack("{s:s, s:s, s:s}", "hash", hex, "plan", now->plan.name, "version",
			   now->plan.version);
	if (changes)
		(void)json_object_set(detail, "changes", (json_t *)(uintptr_t)changes);
	rc = json_canonical(detail, out, e);
	if (!rc && changes && (out->failed || out->len > CHANGES_MOST)) {
		out->failed = false;
		out->len = 0;
		(void)json_object_set_new(detail, "changes", changes_counted(changes));
		rc = json_canonical(detail, out, e);
	}
	json_decref(detail);
	if (!rc && out->failed)
		rc = err_set(e, ERR_TOO_BIG, "", "the plan's name and version are too long");
	return rc;
}
