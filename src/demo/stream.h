/* stream.h -- the rows of one kind as a CSV file that is made while it is read. */
#ifndef DEMO_STREAM_H
#define DEMO_STREAM_H

#include "codec/csv.h"
#include "demo/kind.h"

struct stream;

/* All rows of the view, or, given an earlier view, those that are not as they were then (and a few
 * that are, as in real files). NULL when no memory is left. */
struct stream *stream_new(const struct kind *kind, const struct scene *now,
			  const struct scene *before);
void stream_free(struct stream *s);
/* Whether it has no row at all. Ask before reading. */
bool stream_empty(struct stream *s);
struct byte_source stream_source(struct stream *s);

#endif
