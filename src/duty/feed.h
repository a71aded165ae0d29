/* feed.h -- somebody's calendar as iCalendar (RFC 5545), for calendar programs that fetch it again
 * and again.
 *
 * A duty that several organisations have to meet by one day is one event, as are the due dates of
 * one record each; the name of an event (UID) stays as long as there is such a thing, whatever
 * becomes of it. Nothing in the text depends on when it is asked for within a day but what has
 * changed, so that it can be told from the last one by its hash.
 */
#ifndef DUTY_FEED_H
#define DUTY_FEED_H

#include "access/ctx.h"
#include "base/buf.h"

struct feed {
	const char *site; /* where links lead: "https://holdfast.example.org" */
	bool all;	  /* everything that he may see; else what is his */
};

/* From a month ago to a quarter ahead, as whom the context serves, who must be somebody, sees it.
 * What goes beyond `out`'s limit is left out, the last first. */
MUST_CHECK enum err_code feed_write(struct ctx *ctx, const struct feed *f, struct buf *out);

#endif
