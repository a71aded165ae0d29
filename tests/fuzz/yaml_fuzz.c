#include "fuzz.h"

#include "codec/yaml.h"

#include <stdlib.h>

enum { MEMORY = 64 * 1024 * 1024 };

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

/* Every value has a place, counts are right, and keys differ and are found. */
static void
walk(const struct yaml *v)
{
	size_t count = 0;

	demand(v->line > 0 && v->column > 0);
	demand(v->kind != YAML_TEXT || v->text.ptr);
	for (const struct yaml *i = v->first; i; i = i->next) {
		demand(v->kind == YAML_LIST || v->kind == YAML_MAP);
		demand(v->kind != YAML_MAP || (i->key.len > 0 && i->key_line > 0));
		walk(i);
		count++;
	}
	demand(count == v->count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct arena arena;
	struct diags diags;
	const struct yaml *top;

	arena_init(&arena, MEMORY);
	diag_init(&diags, &arena);
	top = yaml_parse(text, "input.yaml", &arena, &diags);
	demand(!top || diags.errors == 0);
	if (top)
		walk(top);
	for (const struct diag *g = diags.first; g; g = g->next)
		demand(g->line > 0 && g->column > 0 && g->message[0] != '\0');
	arena_fini(&arena);
	return 0;
}
