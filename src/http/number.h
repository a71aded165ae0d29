/* number.h -- what is counted, for Prometheus.
 *
 * Each of the server's threads counts for itself and nobody waits for anybody; whoever prints adds
 * them up.
 */
#ifndef HTTP_NUMBER_H
#define HTTP_NUMBER_H

#include "base/buf.h"
#include "http/http.h"

#include <stdatomic.h>

enum { NUMBER_CLASSES = 5, NUMBER_BUCKETS = 14 };

struct number_row {
	_Atomic uint64_t replies[2][NUMBER_CLASSES];  /* [1]: of HEAD */
	_Atomic uint64_t buckets[NUMBER_BUCKETS + 1]; /* not added up; the last is beyond all */
	_Atomic uint64_t ns;
};

/* One thread's. */
struct number_shard {
	struct number_shard *next;
	_Atomic uint64_t bytes_in;
	_Atomic uint64_t bytes_out;
	struct number_row rows[]; /* as the routes, and one for what has none */
};

struct number_reply {
	size_t row;
	bool head;
	int status;
	uint64_t ns;
	uint64_t bytes_in; /* of bodies */
	uint64_t bytes_out;
};

/* NULL when there is no memory. */
struct number_shard *number_shard_new(size_t routes);
void number_count(struct number_shard *s, const struct number_reply *r);

void number_print(const struct number_shard *shards, const struct http_route *routes, size_t count,
		  struct buf *out);
/* A family of one number. `type` is "counter" or "gauge". */
void number_family(struct buf *out, const char *name, const char *type, const char *about);

#endif
