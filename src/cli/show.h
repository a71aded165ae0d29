/* show.h -- the topics of `holdfast show`, one file each. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "check/posture.h"
#include "cli/grid.h"
#include "model/bind.h"
#include "record/parties.h"

struct show_topic {
	const char *name;
	const char *arguments; /* as help shows it */
	const char *about;
	bool needs_argument;
	const char *options; /* those of the command that it takes, " history since " */
	enum err_code (*run)(struct cli *c, struct ctx *ctx, const char *argument);
};

extern const struct show_topic show_obligation;
extern const struct show_topic show_organisation;
extern const struct show_topic show_record;
extern const struct show_topic show_failures;
extern const struct show_topic show_section;
extern const struct show_topic show_role;

enum { SHOW_TEXT = 16384 };

/* show_posture.c: what `holdfast show` says without a topic. */
enum err_code show_posture(struct cli *c, struct ctx *ctx);

/* Sorts the worst to the front: missed and failing, then by severity, then by how long. */
void cells_worst_first(struct posture_list *l);
/* The cells as a grid: with their organisation, or with their obligation, or with both. */
void cells_grid(struct cli *c, const struct ctx *ctx, const struct posture_list *l,
		bool obligations, bool organisations);
void cells_json(struct json_writer *w, const struct posture_list *l);
void failure_json(struct json_writer *w, const struct model *m, const struct posture_failure *f);

/* The cells of the question, of the organisation alone that the option --organisation names. */
enum err_code cells_asked(struct cli *c, struct ctx *ctx, struct posture_question *q,
			  struct posture_list *ret_list);

/* By key, by name, or by a beginning of either that only one has. */
enum err_code organisation_named(struct ctx *ctx, const char *text, int64_t *ret_id);

/* show_cells.c: what the states among the cells mean, and why cells are not proven, counted. */
void legend_print(struct cli *c, const struct posture_list *l);

/* "2026-03-01" of an instant's text in the plan's zone, "-" for none. */
const char *show_day(struct cli *c, const struct ctx *ctx, struct str instant);

/* For people: the moment of the past that the answer is of, where it is. */
void show_as_of(struct cli *c, const struct ctx *ctx);

/* "when the plan was last decided", or what to do when it never was. */
void show_assessed(struct cli *c, struct ctx *ctx, struct str assessed);

#endif
