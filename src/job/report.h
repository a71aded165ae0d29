/* report.h -- what came of long work, as JSON: the same on the command line and of a job. */
#ifndef JOB_REPORT_H
#define JOB_REPORT_H

#include "check/check.h"
#include "codec/json.h"
#include "intake/intake.h"

/* A delivery, with its rejections. */
void delivery_json(struct json_writer *w, const struct model *m, const struct delivery_report *r,
		   bool dry_run);

/* Members of an open object: when, by which plan, how much of it, and how the cells stand. */
void assess_json(struct json_writer *w, const struct ctx *ctx, const struct assess_report *r);

/* Members too: how the past decided again differs from what was recorded, and what became known
 * only later. Where `past` serves somebody, only of what he sees. */
MUST_CHECK enum err_code again_json(struct json_writer *w, struct ctx *past, struct ctx *present,
				    const struct assess_again *a);

#endif
