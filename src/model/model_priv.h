/* model_priv.h -- the parts of the loader, private to the model. */
#ifndef MODEL_MODEL_PRIV_H
#define MODEL_MODEL_PRIV_H

#include "model/bind.h"
#include "model/files.h"

/* What the loader is building. */
struct builder {
	struct bind bind;
	struct model *model;
	const char *plan_folder;
	size_t file_cap;
};

/* Takes a file into the model. `folder` says where the file is kept: "registers", "plan/views". */
void builder_file(struct builder *b, const char *folder, const char *name, struct str content);

/* registers.c: two steps, since fields refer to registers and to the plan's roles and
 * classification. */
void registers_read(struct builder *b, const char *folder);

/* dues.c: of a register whose fields and states are known. */
void dues_read(struct builder *b, const struct yaml *map, struct reg *r);

/* tables.c */
void tables_plan(struct builder *b, struct reg *r);

/* plan.c: plan.yaml, roles, parameters, documents, faults. */
void plan_read(struct builder *b);

/* obligations.c: sections and obligations, after the registers. */
void obligations_read(struct builder *b);

/* grants.c: who may do what, after registers, roles and obligations; complains of words that mean
 * nothing. */
void grants_plan(struct builder *b);

/* views.c */
void views_read(struct builder *b);
/* Puts the views that the text uses before it. False after a complaint. */
bool views_compose(struct builder *b, struct query *q);

#endif
