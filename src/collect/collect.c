#include "base/civil.h"
#include "base/limits.h"
#include "collect/collection_priv.h"

enum { DELIVERY_VERSION = 1 };

/* In this order: the later ones use what the earlier ones found. */
static const struct probe {
	const char *name;
	void (*run)(struct collection *c);
	void (*facts)(const struct collection *c, struct json_writer *w);
} probes[] = {
	{.name = "machine",	    .run = host_probe, .facts = host_facts},
	{.name = "running programs",			     .run = daemons_probe		 },
	{.name = "accounts",			     .run = accounts_probe	  },
	{.name = "packages",			     .run = packages_probe		  },
	{.name = "network",			    .run = network_probe,	  .facts = network_facts},
	{.name = "disks", .run = disk_probe,	     .facts = disk_facts},
	{.name = "clock",	  .run = clock_probe},
	{.name = "malware scanner",	    .run = malware_probe	},
};

static void
write_endpoint(struct collection *c)
{
	const struct endpoint *seen = &c->endpoint;
	struct str build = c->build.ptr ? c->build : c->kernel;

	if (c->build.ptr && c->kernel.ptr)
		build = str_of(
			arena_format(c->arena, "%.*s %.*s", STR_ARG(c->build), STR_ARG(c->kernel)));
	if (!record_begin(c, IN_ENDPOINT_STATUS, c->host))
		return;
	record_text(c, "asset", str_of(c->host));
	record_instant(c, "reported_at", c->now_ms);
	record_text(c, "malware_product", str_of(seen->malware_product));
	record_flag(c, "malware_running", seen->malware_running);
	record_flag(c, "malware_at_startup", seen->malware_at_startup);
	record_flag(c, "malware_memory_resident", seen->malware_memory_resident);
	record_text(c, "engine_version", seen->engine_version);
	record_instant(c, "definitions_at", seen->definitions_ms);
	record_flag(c, "disk_encrypted", seen->disk_encrypted);
	record_text(c, "encryption_product", str_of(seen->encryption_product));
	record_text(c, "build_observed", build);
	jw_key(&c->line, "clock_offset_ms");
	if (seen->clock.has_offset)
		jw_int(&c->line, seen->clock.offset_ms);
	else
		jw_null(&c->line);
	record_text(c, "time_source", seen->clock.source);
	record_end(c);
}

static void
tell_refused(struct collection *c)
{
	if (c->bad_keys > 0)
		collection_gap(c, "records",
			       "%zu have a name that is no clean UTF-8 text of at most %d bytes",
			       c->bad_keys, LIMIT_KEY_BYTES);
	if (c->bad_values > 0)
		collection_gap(c, "values",
			       "%zu are no clean UTF-8 text, too long or too many in one list",
			       c->bad_values);
}

static void
write_first_line(struct collection *c, struct buf *out)
{
	char now[CIVIL_INSTANT_LEN + 1];
	struct json_writer w;

	civil_format_instant(c->now_ms, now);
	jw_begin(&w, out, false);
	jw_object(&w);
	jw_key(&w, "holdfast");
	jw_text(&w, str_of("delivery"));
	jw_key(&w, "version");
	jw_int(&w, DELIVERY_VERSION);
	jw_key(&w, "source");
	jw_text(&w, str_of("collect"));
	jw_key(&w, "host");
	jw_text(&w, str_of(c->host));
	jw_key(&w, "collected_at");
	jw_text(&w, str_of(now));
	jw_key(&w, "not_seen");
	jw_array(&w);
	for (const struct collect_gap *g = c->gaps; g; g = g->next) {
		struct str text = str_of(arena_format(c->arena, "%s: %s", g->what, g->why));

		jw_text(&w, text_is_clean(text, LIMIT_FIELD_BYTES) ? text : str_of(g->what));
	}
	jw_end_array(&w);
	jw_key(&w, "facts");
	jw_object(&w);
	for (size_t i = 0; i < COUNT_OF(probes); i++) {
		if (probes[i].facts)
			probes[i].facts(c, &w);
	}
	jw_end_object(&w);
	jw_end_object(&w);
	buf_add(out, "\n", 1);
}

static enum err_code
run_probes(struct collection *c, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(probes); i++) {
		probes[i].run(c);
		if (arena_over(c->arena) || c->body.failed)
			return err_set(e, ERR_TOO_BIG, "",
				       "there is more to tell of this machine's %s than fits into "
				       "memory",
				       probes[i].name);
	}
	return ERR_NONE;
}

enum err_code
collect_run(const struct collect_options *options, struct arena *a, struct buf *out,
	    struct collect_summary *ret_summary, struct err *e)
{
	struct collection c = {
		.root = options->root, .now_ms = options->now_ms, .arena = a, .uptime_s = -1};
	struct collect_summary summary = {0};
	enum err_code rc;

	c.gap_end = &c.gaps;
	buf_init(&c.body, out->limit);
	rc = host_name(&c, options->host, e);
	if (rc)
		goto out;
	rc = run_probes(&c, e);
	if (rc)
		goto out;
	write_endpoint(&c);
	tell_refused(&c);
	write_first_line(&c, out);
	buf_add(out, c.body.data, c.body.len);
	if (c.body.failed || out->failed || arena_over(a)) {
		rc = err_set(e, ERR_TOO_BIG, "", "the delivery has more than %zu bytes",
			     out->limit);
		goto out;
	}
	summary.host = c.host;
	for (size_t i = 0; i < COLLECT_REGISTERS; i++)
		summary.counts[i] = (struct collect_count){
			.register_name = collection_register((enum collect_register)i),
			.records = c.records[i]};
	summary.gaps = c.gaps;
	summary.gap_count = c.gap_count;
	*ret_summary = summary;
out:
	buf_fini(&c.body);
	return rc;
}
