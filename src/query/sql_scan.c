#include "query/sql_scan.h"

#include <ctype.h>
#include <string.h>

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const char *
past_blank(const char *p)
{
	for (;;) {
		p += strspn(p, " \t\r\n");
		if (p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
		} else if (p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p + 2, "*/");

			p = end ? end + 2 : p + strlen(p);
		} else {
			return p;
		}
	}
}

/* Past a text in quotes; one that is doubled stands for itself. */
static const char *
past_quoted(const char *p)
{
	char quote = *p++;

	while (*p != '\0' && (p[0] != quote || p[1] == quote))
		p += p[0] == quote ? 2 : 1;
	return *p != '\0' ? p + 1 : p;
}

static const char *
past_word(const char *p)
{
	while (is_word(*p))
		p++;
	return p;
}

static const char *
past_sign(const char *p)
{
	static const char *const pairs[] = {"<=", ">=", "<>", "!=", "||", "=="};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if (strncmp(p, pairs[i], 2) == 0)
			return p + 2;
	}
	return p + 1;
}

bool
sql_scan_next(struct sql_scan *s, struct sql_token *ret_token)
{
	const char *p = past_blank(s->sql + s->at);
	const char *end;

	if (*p == '\0')
		return false;
	*ret_token = (struct sql_token){.at = (size_t)(p - s->sql)};
	if (*p == '\'' || *p == '"') {
		ret_token->kind = SQL_TEXT;
		end = past_quoted(p);
	} else if (*p == ':') {
		ret_token->kind = SQL_PARAM;
		end = past_word(p + 1);
	} else if (is_word(*p)) {
		ret_token->kind = SQL_WORD;
		end = past_word(p);
	} else {
		ret_token->kind = SQL_SIGN;
		end = past_sign(p);
	}
	s->depth -= *p == ')';
	ret_token->depth = s->depth;
	s->depth += *p == '(';
	ret_token->text = (struct str){p, (size_t)(end - p)};
	s->at = (size_t)(end - s->sql);
	return true;
}

bool
sql_word_in(struct str word, const char *const *words)
{
	for (; *words; words++) {
		if (str_is(word, *words))
			return true;
	}
	return false;
}
