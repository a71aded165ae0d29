#include "demo/calendar.h"
#include "demo/strays.h"
#include "demo/stream.h"
#include "record/value.h"
#include "test.h"

#include <string.h>

enum {
	NOW = 1781524800,
	TEXT_LIMIT = 64 * 1024 * 1024,
	MEMORY = 512 * 1024 * 1024
}; /* 2026-06-15T12:00Z */

struct chain {
	struct arena arena;
	const struct model *model;
	struct world world;
};

static void
chain_close(struct chain *c)
{
	arena_fini(&c->arena);
}
#define CHAIN CLEANUP(chain_close) struct chain

static void
chain_open(struct chain *c, uint64_t seed, int64_t records, int months)
{
	const struct model_source from = {.content = HOLDFAST_CONTENT,
					  .plan = HOLDFAST_CONTENT "/plans/post-office-2015"};
	const struct zone *zone;
	struct diags d;
	struct err e;

	*c = (struct chain){0};
	arena_init(&c->arena, MEMORY);
	diag_init(&d, &c->arena);
	CHECK(model_load(&from, &c->arena, &d, &c->model, &e) == ERR_NONE);
	CHECK(zone_load("Europe/London", &c->arena, &zone, &e) == ERR_NONE);
	c->world = (struct world){.seed = seed,
				  .zone = zone,
				  .plan = &c->model->plan,
				  .months = months,
				  .now_ms = (int64_t)NOW * 1000};
	world_init(&c->world, records);
}

static void
stream_take(struct stream *s, size_t chunk, struct buf *out)
{
	struct byte_source source = stream_source(s);
	char bytes[8192];
	size_t len;
	struct err e;

	do {
		CHECK(source.read(source.object, bytes, chunk, &len, &e) == ERR_NONE);
		buf_add(out, bytes, len);
	} while (len > 0);
	CHECK(!out->failed);
}

/* All that is delivered in a month, the changes since the month before where these are wanted. */
static void
month_take(struct chain *c, int month, size_t chunk, struct buf *out)
{
	for (size_t s = 0; s < demo_step_count; s++) {
		for (int n = 0; n < DEMO_ORGS * STEP_KINDS; n++) {
			const struct kind *k = demo_steps[s].kinds[n % STEP_KINDS];
			struct scene now = world_scene(&c->world, n / STEP_KINDS, month);
			struct scene before = world_scene(&c->world, n / STEP_KINDS, month - 1);
			struct stream *stream;

			if (!k || !step_delivers(&demo_steps[s], &c->world, n / STEP_KINDS, month))
				continue;
			stream = stream_new(k, &now,
					    month > 0 && !demo_steps[s].full ? &before : NULL);
			CHECK(stream);
			stream_take(stream, chunk, out);
			stream_free(stream);
		}
	}
}

TEST(demo_the_same_seed_gives_the_same_bytes_and_another_does_not)
{
	CHAIN a;
	CHAIN b;
	CHAIN other;
	CLEANUP(buf_fini) struct buf x = {.limit = TEXT_LIMIT};
	CLEANUP(buf_fini) struct buf y = {.limit = TEXT_LIMIT};
	CLEANUP(buf_fini) struct buf z = {.limit = TEXT_LIMIT};

	chain_open(&a, 7, 1500, 6);
	chain_open(&b, 7, 1500, 6);
	chain_open(&other, 8, 1500, 6);
	for (int month = 0; month < 6; month += 5) {
		month_take(&a, month, 8192, &x);
		/* Nor does it matter how it is read. */
		month_take(&b, month, 777, &y);
		month_take(&other, month, 8192, &z);
	}
	CHECK(x.len > 100000 && x.len == y.len && memcmp(x.data, y.data, x.len) == 0);
	CHECK(x.len != z.len || memcmp(x.data, z.data, x.len) != 0);
}

/* The fields of the header; NULL for the columns that every register has. */
static void
columns_find(const struct reg *r, const struct csv_row *header, const struct field **fields)
{
	CHECK(str_is(header->fields[0], "key"));
	for (size_t i = 0; i < header->count; i++) {
		fields[i] = reg_field(r, header->fields[i]);
		if (i > 0 && !fields[i] && !str_is(header->fields[i], "state")) {
			fprintf(stderr, "%s has no '%.*s'\n", r->name, STR_ARG(header->fields[i]));
			abort();
		}
	}
}

static void
state_known(const struct reg *r, struct str state)
{
	bool known = state.len == 0;

	for (size_t i = 0; i < r->states.count; i++)
		known = known || str_is(state, r->states.words[i]);
	CHECK(known);
}

static size_t
rows_validate(struct chain *c, const struct kind *k, const struct scene *v)
{
	const struct reg *r = model_reg(c->model, str_of(k->reg));
	const struct field *fields[ROW_COLUMNS];
	struct stream *stream = stream_new(k, v, NULL);
	CLEANUP(csv_freep) struct csv *csv = NULL;
	struct csv_row row;
	struct arena scratch;
	enum csv_result result;
	size_t rows = 0;
	struct err e;

	CHECK(r && stream && csv_new(stream_source(stream), &csv, &e) == ERR_NONE);
	CHECK(csv_header(csv, &row, &e) == ERR_NONE);
	columns_find(r, &row, fields);
	arena_init(&scratch, MEMORY);
	for (; (result = csv_next(csv, &row, &e)) == CSV_ROW; rows++) {
		CHECK(row.fields[0].len > 0);
		for (size_t i = 1; i < row.count; i++) {
			struct value value;

			if (!fields[i])
				state_known(r, row.fields[i]);
			else if (value_parse(fields[i], row.fields[i], &scratch, &value, &e)) {
				fprintf(stderr, "%s: %s\n", r->name, e.message);
				abort();
			} else
				CHECK(!fields[i]->required || value.kind != VALUE_NULL);
		}
		arena_reset(&scratch);
	}
	CHECK(result == CSV_END);
	arena_fini(&scratch);
	stream_free(stream);
	return rows;
}

TEST(demo_rows_are_valid_in_their_registers)
{
	CHAIN c;

	chain_open(&c, 3, 1500, 18);
	for (size_t s = 0; s < demo_step_count; s++) {
		for (size_t k = 0; k < STEP_KINDS && demo_steps[s].kinds[k]; k++) {
			const struct kind *kind = demo_steps[s].kinds[k];
			size_t rows = 0;

			/* The scanner's strays are there to be refused. */
			if (kind == &stray_kind)
				continue;
			for (int month = 0; month < 18; month += 17) {
				for (int org = 0; org < DEMO_ORGS; org++) {
					struct scene v = world_scene(&c.world, org, month);

					rows += rows_validate(&c, kind, &v);
				}
			}
			if (rows == 0) {
				fprintf(stderr, "no row of %s, number %zu of %s\n", kind->reg, k,
					demo_steps[s].source);
				abort();
			}
		}
	}
}

TEST(demo_size_is_about_what_was_asked_for)
{
	static const int64_t asked[] = {3000, 6000, 100000};

	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		CHAIN c;
		int64_t rows = 0;

		chain_open(&c, 1, asked[i], 18);
		for (size_t s = 0; s < demo_step_count; s++) {
			for (int n = 0; n < DEMO_ORGS * STEP_KINDS; n++) {
				const struct kind *k = demo_steps[s].kinds[n % STEP_KINDS];
				struct scene v = world_scene(&c.world, n / STEP_KINDS, 17);

				if (k && k != &stray_kind &&
				    step_delivers(&demo_steps[s], &c.world, v.org, 0))
					rows += (int64_t)rows_validate(&c, k, &v);
			}
		}
		if (rows < asked[i] * 8 / 10 || rows > asked[i] * 13 / 10) {
			fprintf(stderr, "%lld rows instead of %lld\n", (long long)rows,
				(long long)asked[i]);
			abort();
		}
	}
}
