/* model_fixture.h -- a content folder of a test's own, with a small plan that loads as it is. */
#ifndef MODEL_FIXTURE_H
#define MODEL_FIXTURE_H

#include "model/model.h"

struct content_fixture {
	struct arena arena;
	const char *folder; /* with registers/ and plans/mini/ */
	struct diags diags;
	const struct model *model; /* of the last load; NULL when it failed */
	struct err e;
};

void content_open(struct content_fixture *f);
void content_close(struct content_fixture *f);
#define CONTENT CLEANUP(content_close) struct content_fixture

/* Writes a file below the folder; NULL removes it. */
void content_put(struct content_fixture *f, const char *path, const char *text);
/* The plan's sections/1.yaml with one obligation that has these lines after the usual ones. */
void content_put_obligation(struct content_fixture *f, const char *lines);
/* Loads it again, from nothing; whether it loaded. */
bool content_load(struct content_fixture *f);
/* It must not load, and the complaints must have one at that place ("path:line:column") that
 * contains the words. */
void content_refused(struct content_fixture *f, const char *place, const char *words);

#endif
