#include "model_fixture.h"

#include "sys/file.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

enum { FIXTURE_MEMORY = 64 * 1024 * 1024 };

static const struct {
	const char *path;
	const char *text;
} files[] = {
	{"registers/organisation.yaml",
	 "name: organisation\ncode: 1\nprefix: ORG\ntitle: Organisations\nfields:\n"
	 "  - {name: name, type: text, required: true}\n"
	 "  - {name: kind, type: enum, values: [integrator, member]}\n"				       },
	{"registers/person.yaml",	  "name: person\ncode: 2\nprefix: PER\ntitle: People\nfields:\n"
				  "  - {name: name, type: text, required: true}\n"
				  "  - {name: leave_date, type: date}\n"},
	{"plans/mini/plan.yaml",
	 "name: mini\ntitle: A small plan\nversion: \"1\"\ntime_zone: Europe/London\n"
	 "classification: [public, secret]\nparties: [{kind: integrator, name: Home}]\n"
	 "examples_at: \"2026-06-15T12:00:00Z\"\n"
	 "examples_organisations: [{kind: integrator}]\n"						 },
	{"plans/mini/roles.yaml",	  "roles:\n  - name: manager\n  - name: auditor\n"		  },
	{"plans/mini/parameters.yaml",  "parameters: []\n"						 },
};

void
content_put(struct content_fixture *f, const char *path, const char *text)
{
	char *name = file_join(&f->arena, f->folder, path);
	char *slash = strrchr(name, '/');
	struct err e = {0};

	*slash = '\0';
	CHECK(!file_make_folder(name, 0700, &e));
	*slash = '/';
	if (text)
		CHECK(!file_save(name, str_of(text), 0600, &e));
	else
		CHECK(remove(name) == 0);
}

void
content_put_obligation(struct content_fixture *f, const char *lines)
{
	CLEANUP(buf_fini) struct buf text = {.limit = FIXTURE_MEMORY};

	buf_addf(&text, "%s%s",
		 "section: \"1\"\ntitle: First\nobligations:\n"
		 "  - id: 1-a\n    title: T\n    duty: D\n    owner: [manager]\n"
		 "    applies_to: person\n    cadence: event\n    severity: low\n",
		 lines);
	content_put(f, "plans/mini/sections/1.yaml", text.data);
}

void
content_open(struct content_fixture *f)
{
	char folder[] = "/tmp/holdfast-model.XXXXXX";

	*f = (struct content_fixture){0};
	arena_init(&f->arena, FIXTURE_MEMORY);
	CHECK(mkdtemp(folder));
	f->folder = str_z(&f->arena, str_of(folder));
	for (size_t i = 0; i < COUNT_OF(files); i++)
		content_put(f, files[i].path, files[i].text);
	content_put_obligation(f, "    proof: attested\n");
}

void
content_close(struct content_fixture *f)
{
	struct err e = {0};

	CHECK(!file_remove_folder(f->folder, &e));
	arena_fini(&f->arena);
}

bool
content_load(struct content_fixture *f)
{
	struct model_source from = {.content = f->folder,
				    .plan = file_join(&f->arena, f->folder, "plans/mini")};

	f->model = NULL;
	f->e = (struct err){0};
	diag_init(&f->diags, &f->arena);
	if (!model_load(&from, &f->arena, &f->diags, &f->model, &f->e)) {
		CHECK(f->model && f->diags.errors == 0);
		return true;
	}
	CHECK(!f->model && f->e.message[0]);
	return false;
}

static bool
is_at(const struct content_fixture *f, const struct diag *g, const char *place)
{
	CLEANUP(buf_fini) struct buf at = {.limit = 4096};

	buf_addf(&at, "%s:%ld:%ld", g->file + strlen(f->folder) + 1, g->line, g->column);
	return strcmp(at.data, place) == 0;
}

void
content_refused(struct content_fixture *f, const char *place, const char *words)
{
	CHECK(!content_load(f));
	for (const struct diag *g = f->diags.first; g; g = g->next) {
		if (is_at(f, g, place) && strstr(g->message, words))
			return;
	}
	for (const struct diag *g = f->diags.first; g; g = g->next)
		(void)fprintf(stderr, "%s:%ld:%ld: %s\n", g->file, g->line, g->column, g->message);
	(void)fprintf(stderr, "no complaint '%s' at %s\n", words, place);
	abort();
}
