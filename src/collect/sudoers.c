/* sudoers.c -- who is named in sudoers(5). Only the user lists and their aliases are read: whatever
 * a rule allows, it makes an account privileged. A name behind '!' takes nothing away, so that we
 * err towards privileged. */
#include "base/limits.h"
#include "collect/accounts_priv.h"

#include <string.h>

struct sudo_alias {
	struct str name;
	struct sudo_words members;
	bool resolved;
	struct sudo_alias *next;
};

static const char *const other_definitions[] = {"Host_Alias", "Runas_Alias", "Cmnd_Alias",
						"Cmd_Alias"};

static const char *const other_passwords[] = {"targetpw", "rootpw", "runaspw"};

static void
words_add(struct sudo_words *words, struct str text, struct arena *a)
{
	struct word *word = arena_alloc(a, sizeof(*word));

	*word = (struct word){.text = text};
	if (words->last)
		words->last->next = word;
	else
		words->first = word;
	words->last = word;
}

static bool
ends_word(struct str text, size_t i)
{
	char byte = text.ptr[i];

	return byte == ' ' || byte == '\t' || byte == ',' || byte == '=' ||
	       (byte == ':' && i > 0 && text.ptr[i - 1] != '%');
}

/* Length of the name that the text begins with, quotes and backslashes included. */
static size_t
name_length(struct str text)
{
	bool quoted = false;
	size_t i = 0;

	while (i < text.len && (quoted || !ends_word(text, i))) {
		if (text.ptr[i] == '"')
			quoted = !quoted;
		else if (text.ptr[i] == '\\' && i + 1 < text.len)
			i++;
		i++;
	}
	return i;
}

/* Takes one name, with its quotes and backslashes gone, into the arena. */
static struct str
take_name(struct str *rest, struct arena *a)
{
	size_t whole = name_length(*rest), len = 0;
	char *name = arena_alloc(a, whole + 1);

	for (size_t i = 0; i < whole; i++) {
		if (rest->ptr[i] == '"')
			continue;
		if (rest->ptr[i] == '\\' && i + 1 < whole)
			i++;
		name[len++] = rest->ptr[i];
	}
	*rest = (struct str){rest->ptr + whole, rest->len - whole};
	return (struct str){name, len};
}

/* Takes "alice, %ops, !bob" off *rest. */
static void
take_users(struct str *rest, struct sudo_words *words, struct arena *a)
{
	for (;;) {
		bool negated = false;
		struct str name;

		*rest = str_trim(*rest);
		while (text_skip(rest, "!"))
			negated = !negated;
		name = take_name(rest, a);
		if (name.len > 0 && !negated)
			words_add(words, name, a);
		*rest = str_trim(*rest);
		if (!text_skip(rest, ","))
			return;
	}
}

/* "ADMINS = alice, bob : OPS = carol"; false when a name or '=' is missing. */
static bool
take_aliases(struct str rest, struct sudo_rights *rights, struct arena *a)
{
	do {
		struct sudo_alias *alias = arena_alloc(a, sizeof(*alias));

		rest = str_trim(rest);
		alias->name = take_name(&rest, a);
		rest = str_trim(rest);
		if (alias->name.len == 0 || !text_skip(&rest, "="))
			return false;
		take_users(&rest, &alias->members, a);
		alias->next = rights->aliases;
		rights->aliases = alias;
	} while (text_skip(&rest, ":"));
	return true;
}

static void
take_defaults(struct str rest, struct sudo_rights *rights)
{
	while (rest.len > 0) {
		struct str option = str_trim(str_cut(&rest, ','));

		for (size_t i = 0; i < COUNT_OF(other_passwords); i++) {
			if (str_is(option, other_passwords[i]))
				rights->asks_other_password = true;
		}
	}
}

/* "@include sudoers.local" or "#includedir /etc/sudoers.d"; false when the line is neither. */
static bool
take_include(struct str line, const char *folder, struct arena *a, struct sudo_rights *rights)
{
	struct str path = line;
	struct str word = text_word(&path);
	bool is_folder = str_is(word, "@includedir") || str_is(word, "#includedir");

	if (!is_folder && !str_is(word, "@include") && !str_is(word, "#include"))
		return false;
	path = str_trim(path);
	path = take_name(&path, a);
	if (path.len == 0)
		return true;
	if (path.ptr[0] == '/')
		folder = "";
	else
		folder = arena_format(a, "%s/", folder);
	words_add(&rights->includes,
		  str_of(arena_format(a, "%s%.*s%s", folder, STR_ARG(path), is_folder ? "/" : "")),
		  a);
	return true;
}

/* False when the line is no rule. */
static bool
take_rule(struct str line, struct sudo_rights *rights, struct arena *a)
{
	struct str rest = str_trim(line);
	struct str word = rest.len > 0 ? text_word(&rest) : rest;

	if (word.len == 0)
		return true;
	if (str_is(word, "User_Alias"))
		return take_aliases(rest, rights, a);
	if (str_is(word, "Defaults"))
		take_defaults(rest, rights);
	if (str_begins(word, "Defaults"))
		return true;
	for (size_t i = 0; i < COUNT_OF(other_definitions); i++) {
		if (str_is(word, other_definitions[i]))
			return true;
	}
	rest = str_trim(line);
	if (!memchr(rest.ptr, '=', rest.len))
		return false;
	take_users(&rest, &rights->users, a);
	return true;
}

/* A '#' begins a comment unless a number follows, which is a uid or gid. */
static struct str
without_comment(struct str line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		char next = i + 1 < line.len ? line.ptr[i + 1] : '\0';

		if (line.ptr[i] == '\\')
			i++;
		else if (line.ptr[i] == '"')
			quoted = !quoted;
		else if (line.ptr[i] == '#' && !quoted && (next < '0' || next > '9'))
			return (struct str){line.ptr, i};
	}
	return line;
}

/* Adds a line to the rule that it goes on with; true when the rule goes on after it. */
static bool
join_line(struct buf *rule, struct str line)
{
	bool goes_on = line.len > 0 && line.ptr[line.len - 1] == '\\';

	buf_add(rule, line.len > 0 ? line.ptr : "", line.len - goes_on);
	buf_add(rule, " ", 1);
	return goes_on;
}

size_t
sudoers_parse(struct lines *l, const char *folder, struct arena *a, struct sudo_rights *rights)
{
	CLEANUP(buf_fini) struct buf rule;
	size_t bad = 0;
	struct str line = {0};
	bool more;

	buf_init(&rule, LIMIT_ROW_BYTES);
	do {
		more = !arena_over(a) && lines_next(l, &line);
		if (more && rule.len == 0 && take_include(line, folder, a, rights))
			continue;
		if (more && join_line(&rule, without_comment(line)))
			continue;
		if (rule.failed || !take_rule((struct str){rule.data, rule.len}, rights, a))
			bad++;
		buf_fini(&rule);
		buf_init(&rule, LIMIT_ROW_BYTES);
	} while (more);
	return bad;
}

/* The list grows while it is walked; each alias adds its members once, so that a circle ends. */
void
sudoers_resolve(struct sudo_rights *rights, struct arena *a)
{
	for (const struct word *w = rights->users.first; w && !arena_over(a); w = w->next) {
		for (struct sudo_alias *alias = rights->aliases; alias; alias = alias->next) {
			if (alias->resolved || !str_eq(alias->name, w->text))
				continue;
			alias->resolved = true;
			for (const struct word *m = alias->members.first; m; m = m->next)
				words_add(&rights->users, m->text, a);
		}
	}
}

static bool
word_names(struct str word, const struct sudo_rights *rights, const struct account *account)
{
	int64_t id;

	if (str_is(word, "ALL"))
		return !rights->asks_other_password;
	if (text_skip(&word, "%#"))
		return str_int(word, &id) && id == account->gid;
	if (text_skip(&word, "%"))
		return account_in_group(account, word);
	if (text_skip(&word, "#"))
		return str_int(word, &id) && id == account->uid;
	return str_eq(word, account->login);
}

bool
sudoers_allow(const struct sudo_rights *rights, const struct account *account)
{
	for (const struct word *w = rights->users.first; w; w = w->next) {
		if (word_names(w->text, rights, account))
			return true;
	}
	return false;
}

/* sudo skips names with a dot in them and those that end in '~'. */
static void
include_folder(struct collection *c, const char *path, struct sudo_rights *rights)
{
	struct file_names files;
	struct err e;

	if (file_list(collection_path(c, path), "", c->arena, &files, &e)) {
		if (e.code != ERR_MISSING)
			collection_gap(c, "sudo rights", "%s", e.message);
		return;
	}
	for (size_t i = 0; i < files.count; i++) {
		const char *name = files.names[i];

		if (!strchr(name, '.') && name[strlen(name) - 1] != '~')
			words_add(&rights->includes,
				  str_of(arena_format(c->arena, "%s%s", path, name)), c->arena);
	}
}

static void
include_file(struct collection *c, const char *path, struct sudo_rights *rights)
{
	CLEANUP(lines_fini) struct lines l = {0};
	char *folder = str_z(c->arena, str_of(path));
	size_t bad;

	if (!collection_open(c, path, "sudo rights", &l))
		return;
	*strrchr(folder, '/') = '\0';
	bad = sudoers_parse(&l, folder, c->arena, rights);
	collection_read(c, path, "sudo rights", &l, bad);
}

void
sudoers_read(struct collection *c, struct accounts *accounts)
{
	struct sudo_rights rights = {0};
	size_t files = 0;

	if (!collection_has(c, "/etc/sudoers"))
		return;
	words_add(&rights.includes, str_of("/etc/sudoers"), c->arena);
	for (const struct word *w = rights.includes.first; w && !arena_over(c->arena);
	     w = w->next) {
		if (++files > LIMIT_SUDOERS_FILES) {
			collection_gap(c, "sudo rights", "more than %d files; the rest is not read",
				       LIMIT_SUDOERS_FILES);
			break;
		}
		if (w->text.ptr[w->text.len - 1] == '/')
			include_folder(c, w->text.ptr, &rights);
		else
			include_file(c, w->text.ptr, &rights);
	}
	sudoers_resolve(&rights, c->arena);
	for (const struct word *w = rights.users.first; w; w = w->next) {
		if (str_begins(w->text, "+") || str_begins(w->text, "%:"))
			collection_gap(c, "sudo rights", "those of '%.*s' are kept elsewhere",
				       STR_ARG(w->text));
	}
	for (struct account *p = accounts->first; p; p = p->next)
		p->in_sudoers = sudoers_allow(&rights, p);
}
