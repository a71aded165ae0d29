#include "http/number.h"

#include <stdlib.h>

static const struct {
	uint64_t ns;
	const char *label;
} bounds[NUMBER_BUCKETS] = {
	{500000,	 "0.0005"},
	     {1000000,     "0.001" },
	  {2500000,	    "0.0025"},
	       {5000000,	 "0.005" },
	{10000000,	   "0.01"	 },
	     {25000000,	"0.025" },
	  {50000000,    "0.05"  },
	       {100000000,   "0.1"	},
	{250000000,   "0.25"  },
	     {500000000,	 "0.5"   },
	  {1000000000,  "1"	  },
	       {2500000000,  "2.5"	 },
	{5000000000,  "5"	},
	     {10000000000, "10"    },
};

struct number_shard *
number_shard_new(size_t routes)
{
	return calloc(1, sizeof(struct number_shard) + (routes + 1) * sizeof(struct number_row));
}

/* Only its own thread adds, so that no other can come between. */
static void
add(_Atomic uint64_t *number, uint64_t n)
{
	atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + n,
			      memory_order_relaxed);
}

void
number_count(struct number_shard *s, const struct number_reply *r)
{
	struct number_row *row = &s->rows[r->row];
	int class = r->status / 100 - 1;
	size_t bucket = 0;

	if (class >= 0 && class < NUMBER_CLASSES)
		add(&row->replies[r->head][class], 1);
	while (bucket < NUMBER_BUCKETS && r->ns > bounds[bucket].ns)
		bucket++;
	add(&row->buckets[bucket], 1);
	add(&row->ns, r->ns);
	add(&s->bytes_in, r->bytes_in);
	add(&s->bytes_out, r->bytes_out);
}

void
number_family(struct buf *out, const char *name, const char *type, const char *about)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, about, name, type);
}

/* Of all threads: `at` is the number's place in a shard, in bytes. */
static uint64_t
sum(const struct number_shard *shards, size_t at)
{
	uint64_t total = 0;

	for (const struct number_shard *s = shards; s; s = s->next)
		total += atomic_load_explicit(
			(const _Atomic uint64_t *)(const void *)((const char *)s + at),
			memory_order_relaxed);
	return total;
}

#define AT(row, member)                                                                            \
	(offsetof(struct number_shard, rows) + (row) * sizeof(struct number_row) +                 \
	 offsetof(struct number_row, member))

struct label {
	const char *route;
	const char *method;
};

/* What no route was found for has none, and is of any method. */
static struct label
label_of(const struct http_route *routes, size_t count, size_t row)
{
	struct label l = {"", ""};

	if (row < count) {
		l.route = routes[row].pattern;
		l.method = http_method_name(routes[row].method);
	}
	return l;
}

static void
print_replies(const struct number_shard *shards, struct label l, size_t row, struct buf *out)
{
	for (size_t head = 0; head < 2; head++) {
		for (size_t class = 0; class < NUMBER_CLASSES; class ++) {
			uint64_t n =
				sum(shards, AT(row, replies) + (head * NUMBER_CLASSES + class) *
								       sizeof(_Atomic uint64_t));

			if (n > 0)
				buf_addf(out,
					 "holdfast_http_requests_total{route=\"%s\",method=\"%s\","
					 "status=\"%zuxx\"} %llu\n",
					 l.route, head ? "HEAD" : l.method, class + 1,
					 (unsigned long long)n);
		}
	}
}

static void
print_durations(const struct number_shard *shards, struct label l, size_t row, struct buf *out)
{
	const char *name = "holdfast_http_request_seconds";
	uint64_t counts[NUMBER_BUCKETS + 1];
	uint64_t total = 0;
	uint64_t ns = sum(shards, AT(row, ns));

	for (size_t b = 0; b <= NUMBER_BUCKETS; b++) {
		counts[b] = sum(shards, AT(row, buckets) + b * sizeof(_Atomic uint64_t));
		total += counts[b];
	}
	if (total == 0)
		return;
	total = 0;
	for (size_t b = 0; b <= NUMBER_BUCKETS; b++) {
		total += counts[b];
		buf_addf(out, "%s_bucket{route=\"%s\",method=\"%s\",le=\"%s\"} %llu\n", name,
			 l.route, l.method, b < NUMBER_BUCKETS ? bounds[b].label : "+Inf",
			 (unsigned long long)total);
	}
	buf_addf(out, "%s_sum{route=\"%s\",method=\"%s\"} %llu.%09llu\n", name, l.route, l.method,
		 (unsigned long long)(ns / 1000000000), (unsigned long long)(ns % 1000000000));
	buf_addf(out, "%s_count{route=\"%s\",method=\"%s\"} %llu\n", name, l.route, l.method,
		 (unsigned long long)total);
}

void
number_print(const struct number_shard *shards, const struct http_route *routes, size_t count,
	     struct buf *out)
{
	number_family(out, "holdfast_http_requests_total", "counter",
		      "Requests answered, by route, method and class of status.");
	for (size_t row = 0; row <= count; row++)
		print_replies(shards, label_of(routes, count, row), row, out);
	number_family(out, "holdfast_http_request_seconds", "histogram",
		      "From the first line of a request to the end of its reply.");
	for (size_t row = 0; row <= count; row++)
		print_durations(shards, label_of(routes, count, row), row, out);
	number_family(out, "holdfast_http_received_bytes_total", "counter",
		      "Bytes of the bodies of requests.");
	buf_addf(out, "holdfast_http_received_bytes_total %llu\n",
		 (unsigned long long)sum(shards, offsetof(struct number_shard, bytes_in)));
	number_family(out, "holdfast_http_sent_bytes_total", "counter",
		      "Bytes of the bodies of replies.");
	buf_addf(out, "holdfast_http_sent_bytes_total %llu\n",
		 (unsigned long long)sum(shards, offsetof(struct number_shard, bytes_out)));
}
