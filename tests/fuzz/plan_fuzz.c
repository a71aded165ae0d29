#include "fuzz.h"

#include "model/model.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 64 * 1024 * 1024 };

/* The input is the one section of a small plan, which stands beside it. */
static const struct {
	const char *path;
	const char *text;
} files[] = {
	{"registers/organisation.yaml", "name: organisation\ncode: 1\nprefix: ORG\ntitle: "
					"O\nfields:\n  - {name: name, type: text}\n"},
	{"registers/person.yaml",
	 "name: person\ncode: 2\nprefix: PER\ntitle: P\nfields:\n  - {name: name, type: text}\n"				},
	{"plans/mini/plan.yaml",
	 "name: mini\ntitle: M\nversion: \"1\"\ntime_zone: UTC\nparties: []\n"
	 "examples_at: \"2026-06-15T12:00:00Z\"\nexamples_organisations: []\n"					      },
	{"plans/mini/roles.yaml",	  "roles:\n  - name: manager\n"						       },
	{"plans/mini/parameters.yaml",  "parameters: []\n"								 },
	{"plans/mini/views/staff.sql",  "select p.id\nfrom person p\n"						     },
	{"plans/mini/views/leaver.sql", "select p.id\nfrom staff p\n"							     },
};

static struct {
	char folder[64];
	char plan[96];
	char section[128];
} place;

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static void
clean_up(void)
{
	struct err e = {0};

	(void)(file_remove_folder(place.folder, &e) == ERR_NONE);
}

static void
set_up(void)
{
	struct err e = {0};

	memcpy(place.folder, "/tmp/holdfast-fuzz.XXXXXX", 26);
	demand(mkdtemp(place.folder) != NULL);
	demand(atexit(clean_up) == 0);
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		char path[160];

		(void)snprintf(path, sizeof(path), "%s/%s", place.folder, files[i].path);
		*strrchr(path, '/') = '\0';
		demand(!file_make_folder(path, 0700, &e));
		path[strlen(path)] = '/';
		demand(!file_save(path, str_of(files[i].text), 0600, &e));
	}
	(void)snprintf(place.plan, sizeof(place.plan), "%s/plans/mini", place.folder);
	(void)snprintf(place.section, sizeof(place.section), "%s/sections", place.plan);
	demand(!file_make_folder(place.section, 0700, &e));
	(void)snprintf(place.section, sizeof(place.section), "%s/sections/1.yaml", place.plan);
}

/* Without file_save's syncs, which would take most of the time. */
static void
section_write(const uint8_t *data, size_t size)
{
	FILE *f = fopen(place.section, "wb");

	demand(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

/* Each byte of a query has a place in the section's or in a view's file. */
static void
query_walk(const struct model *m, const struct query *q)
{
	size_t len = q->text ? strlen(q->composed) : 0;

	for (size_t i = 0; i < len; i += 7) {
		struct place at = query_place(m, q, i);

		demand(at.line > 0 && at.column > 0 && at.file[0] != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model_source from = {.content = place.folder, .plan = place.plan};
	const struct model *m = NULL;
	struct arena arena;
	struct diags diags;
	struct err e = {0};

	if (!place.folder[0])
		set_up();
	section_write(data, size);
	arena_init(&arena, MEMORY);
	diag_init(&diags, &arena);
	if (model_load(&from, &arena, &diags, &m, &e)) {
		demand(diags.errors > 0 && e.message[0] != '\0' && e.where[0] != '\0');
	} else {
		demand(diags.errors == 0);
		for (size_t i = 0; i < m->plan.obligation_count; i++) {
			query_walk(m, &m->plan.obligations[i].scope);
			query_walk(m, &m->plan.obligations[i].check);
		}
	}
	arena_fini(&arena);
	return 0;
}
