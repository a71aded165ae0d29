#include "record/workspace_priv.h"

#include "sys/file.h"

#include <stdio.h>
#include <string.h>

struct model_source
content_source(const char *home, struct arena *a)
{
	const char *content = file_join(a, home, "content");

	return (struct model_source){.content = content, .plan = file_join(a, content, "plan")};
}

static enum err_code
file_put(const char *folder, const struct plan_file *f, struct arena *a, struct err *e)
{
	const char *path = file_join(a, folder, f->path);
	const char *slash = strrchr(path, '/');
	enum err_code rc =
		file_make_folder(str_z(a, (struct str){path, (size_t)(slash - path)}), 0755, e);

	return rc ? rc : file_save(path, f->bytes, 0644, e);
}

enum err_code
content_save(const char *home, const struct model *m, struct arena *a, struct err *e)
{
	const char *content = file_join(a, home, "content");
	const char *next = file_join(a, home, "content.new");
	const char *old = file_join(a, home, "content.old");
	enum err_code rc = file_remove_folder(next, e);

	for (size_t i = 0; !rc && i < m->files.count; i++)
		rc = file_put(next, &m->files.files[i], a, e);
	if (!rc)
		rc = file_remove_folder(old, e);
	if (!rc && file_is_folder(content) && rename(content, old) != 0)
		rc = err_set(e, ERR_IO, "", "cannot rename '%s'", content);
	if (!rc && rename(next, content) != 0)
		rc = err_set(e, ERR_IO, "", "cannot rename '%s'", next);
	return rc ? rc : file_remove_folder(old, e);
}
