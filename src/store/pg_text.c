#include "store/pg_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1048576, NAMES_MAX = 400 };

/* Past a text, a quoted name or a comment; `p` itself when none begins there. */
static const char *
past_quiet(const char *p)
{
	const char *end;

	if (*p == '\'' || *p == '"') {
		end = strchr(p + 1, *p);
		return end ? end + 1 : p + strlen(p);
	}
	if (p[0] == '-' && p[1] == '-')
		return p + strcspn(p, "\n");
	if (p[0] == '/' && p[1] == '*') {
		end = strstr(p + 2, "*/");
		return end ? end + 2 : p + strlen(p);
	}
	return p;
}

static size_t
param_length(const char *p)
{
	size_t n = 0;

	if (p[0] != ':' || !(isalpha((unsigned char)p[1]) || p[1] == '_'))
		return 0;
	for (n = 1; isalnum((unsigned char)p[n]) || p[n] == '_'; n++)
		continue;
	return n;
}

static int
name_index(struct pg_text *t, const char *name, size_t len)
{
	for (int i = 0; i < t->name_count; i++) {
		if (strncmp(t->names[i], name, len) == 0 && t->names[i][len] == '\0')
			return i + 1;
	}
	if (t->name_count == NAMES_MAX)
		return 0;
	t->names[t->name_count] = strndup(name, len);
	return t->names[t->name_count] ? ++t->name_count : 0;
}

/* Where the next parameter begins, or the end. */
static const char *
param_next(const char *p)
{
	while (*p != '\0' && param_length(p) == 0) {
		const char *quiet = past_quiet(p);

		p = quiet > p ? quiet : p + 1 + (p[0] == ':' && p[1] == ':');
	}
	return p;
}

enum err_code
pg_text_read(const char *sql, struct pg_text *ret_text, struct err *e)
{
	struct buf out = {.limit = TEXT_LIMIT};
	struct pg_text t = {.names = calloc(NAMES_MAX, sizeof(*t.names))};

	if (!t.names)
		return err_set(e, ERR_INTERNAL, "", "no memory for a statement");
	for (const char *p = sql; *p != '\0';) {
		const char *next = param_next(p);
		size_t len = param_length(next);
		int index = 1;

		buf_add(&out, p, (size_t)(next - p));
		if (len > 0) {
			index = name_index(&t, next + 1, len - 1);
			buf_addf(&out, "$%d", index);
		}
		if (index == 0) {
			buf_fini(&out);
			pg_text_fini(&t);
			return err_set(e, ERR_TOO_BIG, "",
				       "a statement has more than %d parameters", NAMES_MAX);
		}
		p = next + len;
	}
	t.sql = buf_take(&out);
	if (!t.sql) {
		pg_text_fini(&t);
		return err_set(e, ERR_TOO_BIG, "", "a statement is too long");
	}
	*ret_text = t;
	return ERR_NONE;
}

void
pg_text_fini(struct pg_text *t)
{
	for (int i = 0; i < t->name_count; i++)
		free(t->names[i]);
	free(t->names);
	free(t->sql);
	*t = (struct pg_text){0};
}

long
pg_text_offset(const char *sql, long at)
{
	const char *p = sql;
	const char *translated;
	struct pg_text t;
	struct err none;
	long offset = -1;

	if (pg_text_read(sql, &t, &none))
		return -1;
	translated = t.sql;
	while (*p != '\0') {
		const char *next = param_next(p);

		if (translated - t.sql + (next - p) >= at)
			break;
		translated += next - p;
		p = next + param_length(next);
		/* "$12" */
		translated += *translated == '$';
		while (isdigit((unsigned char)*translated))
			translated++;
	}
	offset = p - sql + (at - (translated - t.sql));
	offset = offset < p - sql ? p - sql : offset;
	pg_text_fini(&t);
	return offset;
}
