#include "model/model_priv.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "model/ahead.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
builder_file(struct builder *b, const char *folder, const char *name, struct str content)
{
	struct plan_files *files = &b->model->files;

	files->files = arena_room(b->bind.arena, files->files, files->count, &b->file_cap,
				  sizeof(*files->files));
	files->files[files->count++] =
		(struct plan_file){file_join(b->bind.arena, folder, name), content};
}

/* Where a file stands among those that are hashed: the order in which they were first read. */
static size_t
file_rank(const char *path)
{
	static const char *const order[] = {
		"plan/plan.yaml",   "plan/roles.yaml", "plan/parameters.yaml", "plan/documents.csv",
		"plan/faults.yaml", "registers/",      "plan/views/",	       "plan/sections/"};
	size_t rank = 0;

	while (rank < COUNT_OF(order) && strncmp(path, order[rank], strlen(order[rank])) != 0)
		rank++;
	return rank;
}

static int
by_rank(const void *a, const void *b)
{
	const struct plan_file *x = *(const struct plan_file *const *)a;
	const struct plan_file *y = *(const struct plan_file *const *)b;
	size_t left = file_rank(x->path);
	size_t right = file_rank(y->path);

	return left == right ? strcmp(x->path, y->path) : left < right ? -1 : 1;
}

/* The hash has the name alone, so that a moved folder keeps it. */
static void
file_hash(struct hasher *h, const struct plan_file *f)
{
	const char *slash = strrchr(f->path, '/');
	const char *name = slash ? slash + 1 : f->path;
	uint64_t len = f->bytes.len;

	hasher_add(h, name, strlen(name) + 1);
	hasher_add(h, &len, sizeof(len));
	hasher_add(h, f->bytes.ptr, f->bytes.len);
}

enum err_code
plan_files_hash(const struct plan_files *files, struct hash *ret_hash, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = NULL;
	const struct plan_file **sorted = calloc(files->count + 1, sizeof(*sorted));
	enum err_code rc = hasher_new(&h, e);

	if (!rc && !sorted)
		rc = err_set(e, ERR_INTERNAL, "", "no memory to hash a plan");
	if (!rc) {
		for (size_t i = 0; i < files->count; i++)
			sorted[i] = &files->files[i];
		qsort(sorted, files->count, sizeof(*sorted), by_rank);
		hasher_begin(h);
		for (size_t i = 0; i < files->count; i++)
			file_hash(h, sorted[i]);
		*ret_hash = hasher_end(h);
	}
	free(sorted);
	return rc;
}

static const char *
plan_folder(const struct model_source *from, struct arena *a)
{
	return from->kept ? PLAN_KEPT_ROOT "/plan" : str_z(a, str_of(from->plan));
}

static const char *
registers_folder(const struct model_source *from, struct arena *a)
{
	return file_join(a, from->kept ? PLAN_KEPT_ROOT : from->content, "registers");
}

struct ahead *
model_ahead(const struct model_source *from, struct arena *a)
{
	const char *const folders[] = {registers_folder(from, a),
				       file_join(a, plan_folder(from, a), "sections")};

	return from->kept ? NULL : ahead_begin(folders, COUNT_OF(folders), a);
}

enum err_code
model_load(const struct model_source *from, struct arena *a, struct diags *d,
	   const struct model **ret_model, struct err *e)
{
	struct model *m = arena_alloc(a, sizeof(*m));
	struct builder b = {
		.bind = {.arena = a, .diags = d, .kept = from->kept, .ahead = from->ahead},
		.model = m,
		.plan_folder = plan_folder(from, a)
	   };
	CLEANUP(ahead_endp) struct ahead *own = NULL;
	enum err_code rc;

	if (!from->kept && !file_is_folder(from->plan))
		return err_set(e, ERR_MISSING, "plan", "'%s' is no folder with a plan", from->plan);
	if (!from->ahead)
		b.bind.ahead = own = model_ahead(from, a);
	plan_read(&b);
	registers_read(&b, registers_folder(from, a));
	if (d->errors == 0) {
		views_read(&b);
		obligations_read(&b);
		grants_plan(&b);
	}
	rc = diag_err(d, e);
	if (!rc)
		rc = plan_files_hash(&m->files, &m->hash, e);
	if (!rc)
		*ret_model = m;
	return rc;
}

const struct reg *
model_reg(const struct model *m, struct str name)
{
	for (size_t i = 0; i < m->reg_count; i++) {
		if (str_is(name, m->regs[i]->name))
			return m->regs[i];
	}
	return NULL;
}

const struct reg *
model_reg_by_code(const struct model *m, int64_t code)
{
	return code >= 0 && code <= REG_CODE_MAX ? m->by_code[code] : NULL;
}

const struct reg *
model_reg_of_id(const struct model *m, int64_t id)
{
	return model_reg_by_code(m, id >> ID_CODE_SHIFT);
}

const struct reg *
model_reg_by_prefix(const struct model *m, struct str prefix)
{
	for (size_t i = 0; i < m->reg_count; i++) {
		if (str_is(prefix, m->regs[i]->prefix))
			return m->regs[i];
	}
	return NULL;
}

const struct field *
reg_field(const struct reg *r, struct str name)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (str_is(name, r->fields[i].name))
			return &r->fields[i];
	}
	return NULL;
}

const struct reg *const *
field_targets(const struct model *m, const struct field *f, size_t *ret_count)
{
	bool any = f->target_count == 0;

	*ret_count = any ? m->reg_count : f->target_count;
	return (const struct reg *const *)(any ? m->regs : f->targets);
}

bool
field_allows(const struct field *f, const struct reg *r)
{
	for (size_t i = 0; i < f->target_count; i++) {
		if (f->targets[i] == r)
			return true;
	}
	return f->target_count == 0;
}

const struct field *
reg_title(const struct reg *r)
{
	const struct field *first = NULL;

	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->type != FIELD_TEXT)
			continue;
		if (strcmp(f->name, "title") == 0 || strcmp(f->name, "name") == 0)
			return f;
		first = first ? first : f;
	}
	return first;
}

const struct obligation *
model_obligation(const struct model *m, struct str id)
{
	for (size_t i = 0; i < m->plan.obligation_count; i++) {
		if (str_is(id, m->plan.obligations[i].id))
			return &m->plan.obligations[i];
	}
	return NULL;
}

const struct section *
model_section(const struct model *m, struct str number)
{
	for (size_t i = 0; i < m->plan.section_count; i++) {
		if (str_is(number, m->plan.sections[i].number))
			return &m->plan.sections[i];
	}
	return NULL;
}

const struct param *
model_param(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->plan.param_count; i++) {
		if (strcmp(m->plan.params[i].name, name) == 0)
			return &m->plan.params[i];
	}
	return NULL;
}

const struct role *
model_role(const struct model *m, struct str name)
{
	for (size_t i = 0; i < m->plan.role_count; i++) {
		if (str_is(name, m->plan.roles[i].name))
			return &m->plan.roles[i];
	}
	return NULL;
}

const char *
model_nearest_reg(const struct model *m, struct str name)
{
	enum { NAMES_MAX = 1024 };
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < m->reg_count && n < NAMES_MAX; i++)
		names[n++] = m->regs[i]->name;
	return text_nearest(name, names, n);
}

const char *
model_nearest_role(const struct model *m, struct str name)
{
	enum { NAMES_MAX = 1024 };
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < m->plan.role_count && n < NAMES_MAX; i++)
		names[n++] = m->plan.roles[i].name;
	return text_nearest(name, names, n);
}

const char *
reg_nearest_field(const struct reg *r, struct str name)
{
	enum { NAMES_MAX = 256 };
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < r->field_count && n < NAMES_MAX - 3; i++)
		names[n++] = r->fields[i].name;
	names[n++] = "key";
	names[n++] = "organisation";
	names[n++] = "state";
	return text_nearest(name, names, n);
}

enum err_code
reg_no_field(const struct reg *r, struct str name, struct err *e)
{
	enum { SHOWN = 60 /* bytes of a name in a message */ };
	const char *near = reg_nearest_field(r, name);

	return err_set(e, ERR_INVALID, "field", "register '%s' has no field '%.*s'%s%s%s", r->name,
		       name.len > SHOWN ? SHOWN : (int)name.len, name.ptr,
		       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

void
record_name(const struct model *m, int64_t id, char out[RECORD_NAME_SIZE])
{
	const struct reg *r = model_reg_of_id(m, id);
	const char *prefix = r ? r->prefix : "?";
	size_t len = strnlen(prefix, RECORD_NAME_SIZE - INT_TEXT_SIZE - 1);

	memcpy(out, prefix, len);
	out[len] = '-';
	(void)int_text(id & (((int64_t)1 << ID_CODE_SHIFT) - 1), out + len + 1);
}

int64_t
record_id_of_name(const struct model *m, struct str name)
{
	struct str rest = name;
	struct str prefix = str_cut(&rest, '-');
	const struct reg *r = model_reg_by_prefix(m, prefix);
	int64_t counter;

	if (!r || !rest.ptr || !str_int(rest, &counter) || counter < 1 ||
	    counter >= (int64_t)1 << ID_CODE_SHIFT)
		return 0;
	return r->code << ID_CODE_SHIFT | counter;
}
