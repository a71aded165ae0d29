#include "cli/content.h"

#include "sys/file.h"

#include <string.h>

enum err_code
content_plan(struct cli *c, const char *content, const char *name, const char **ret_folder)
{
	const char *plans = file_join(&c->arena, content, "plans");
	struct file_names names;
	enum err_code rc;

	if (!name && file_is_folder(file_join(&c->arena, content, "plan"))) {
		/* The content of a workspace holds the one plan that it took in. */
		*ret_folder = file_join(&c->arena, content, "plan");
		return ERR_NONE;
	}
	if (name) {
		*ret_folder = strchr(name, '/') ? name : file_join(&c->arena, plans, name);
		return ERR_NONE;
	}
	rc = file_list(plans, "", &c->arena, &names, &c->err);
	if (rc)
		return rc;
	if (names.count != 1)
		return err_set(&c->err, ERR_USAGE, "plan",
			       "'%s' holds %zu plans; say which one with --plan", plans,
			       names.count);
	*ret_folder = file_join(&c->arena, plans, names.names[0]);
	return ERR_NONE;
}

/* Length of the path without its last part; `len` itself when it has none to cut. */
static size_t
parent_length(const char *path, size_t len)
{
	size_t end = len;

	while (end > 1 && path[end - 1] == '/')
		end--;
	if (end == 0 || path[end - 1] == '.' || path[end - 1] == '/')
		return len;
	while (end > 0 && path[end - 1] != '/')
		end--;
	while (end > 1 && path[end - 1] == '/')
		end--;
	return end;
}

const char *
content_of_plan(struct cli *c, const char *folder)
{
	size_t len = strlen(folder);
	size_t plans = parent_length(folder, len);
	size_t content = plans > 0 && plans < len ? parent_length(folder, plans) : plans;

	/* "./plan" and the like have no two names to cut: the system finds the way. */
	if (plans == len || plans == 0 || content == plans || content == 0)
		return content == 0 && plans > 0 && plans < len
			       ? "."
			       : file_join(&c->arena, folder, "../..");
	return str_z(&c->arena, (struct str){folder, content});
}
