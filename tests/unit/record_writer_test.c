#include "record/writer.h"

#include "test.h"
#include "workspace_fixture.h"

#include <stdio.h>
#include <string.h>

/* The record as it stands, found by its key. */
static void
check_stands(struct workspace_fixture *f, const struct record *r)
{
	struct record stands;
	int64_t id = 0;
	WRITER *w = NULL;

	CHECK(!record_load(f->ctx, r->id, &f->arena, &stands));
	CHECK(str_eq(stands.key, r->key) && str_eq(stands.feed, r->feed));
	CHECK(str_eq(stands.state, r->state) && stands.organisation == r->organisation);
	CHECK(stands.version == r->version);
	for (size_t i = 0; i < r->reg->field_count; i++) {
		CHECK(stands.values[i].kind == r->values[i].kind);
		CHECK(stands.values[i].count == r->values[i].count);
		CHECK(str_eq(stands.values[i].text, r->values[i].text));
	}
	CHECK(!writer_begin(f->ctx, &w));
	CHECK(!writer_find(w, r, &id, NULL));
	CHECK(id == r->id);
}

static int64_t
children_of(struct workspace_fixture *f, int64_t parent)
{
	DB_STMT *s = NULL;
	bool row;

	CHECK(!db_prepare(f->ctx->db, "select count(*) from item i where i.parent = :parent", &s,
			  &f->ctx->err));
	db_bind_int(s, 1, parent);
	CHECK(!db_step(s, &row, &f->ctx->err) && row);
	return db_int(s, 0);
}

/* One after the other, so that each change is alone: some are of columns with an index, some not.
 */
static void
change_each(struct workspace_fixture *f)
{
	static const char *const fields[][2] = {
		{"note",	 "other"		},
		{"size",	 "7"		    },
		{"price",	  "0.5"		       },
		{"used",	 "no"		     },
		{"bought_on", "2026-04-01"		  },
		{"seen_at",   "2026-04-01T12:00:00Z" },
		{"kind",	 "other"		},
		{"colours",   "red"			 },
		{"parent",	   "ITM-1"		  },
		{"paper",	  "b.pdf"		 },
		{"parent",	   "ITM-2"		  },
		{"parts",	  "ITM-1;ITM-2"	       },
		{"lines",	  "[{\"text\":\"only\"}]"},
		{"parent",	   ""		     },
	};
	struct record r;
	int64_t one = record_id_of_name(f->ctx->model, str_of("ITM-1"));

	CHECK(!record_load(f->ctx, one, &f->arena, &r));
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		kept_set(f, &r, fields[i][0], fields[i][1]);
		(void)kept_put(f, &r);
		check_stands(f, &r);
	}
	r.key = str_of("renamed");
	(void)kept_put(f, &r);
	check_stands(f, &r);
	r.organisation = f->beta;
	(void)kept_put(f, &r);
	check_stands(f, &r);
	r.feed = str_of("elsewhere");
	(void)kept_put(f, &r);
	check_stands(f, &r);
	r.state = str_of("open");
	(void)kept_put(f, &r);
	check_stands(f, &r);
	CHECK(r.version == 2 + (int64_t)COUNT_OF(fields) + 4);
	CHECK(kept_verify(f, NULL).count == 0);
}

TEST(each_value_can_change_alone_and_is_found_by_what_it_is_now)
{
	int64_t two;
	KEPT f;

	kept_open(&f);
	kept_fill(&f);
	two = record_id_of_name(f.ctx->model, str_of("ITM-2"));
	CHECK(children_of(&f, two) == 1);
	change_each(&f);
	CHECK(children_of(&f, two) == 0);
}

TEST_SQLITE(indexes_agree_with_the_rows_after_every_change)
{
	KEPT f;

	kept_open(&f);
	kept_fill(&f);
	change_each(&f);
	CHECK(strcmp(kept_ask(&f, "pragma integrity_check"), "ok\n") == 0);
}

/* Dossiers have lists, items none; both are loaded as they stand, whether they were expected or
 * not.
 */
TEST(what_is_expected_is_what_stands_until_it_changes)
{
	enum { MANY = 600 };
	int64_t ids[MANY + 4];
	struct record r;
	enum written written;
	KEPT f;
	WRITER *w = NULL;

	kept_open(&f);
	kept_fill(&f);
	CHECK(!writer_begin(f.ctx, &w));
	for (size_t i = 0; i < MANY; i++) {
		char key[24];

		(void)snprintf(key, sizeof(key), "org %zu", i);
		r = kept_record(&f, "organisation", str_dup(&f.arena, str_of(key)).ptr);
		CHECK(!writer_new_id(w, r.reg, &r.id));
		r.organisation = r.id;
		record_set_text(&r, "name", str_of("before"));
		record_set_text(&r, "kind", str_of("client"));
		CHECK(!writer_put(w, &r, &written));
		ids[i] = r.id;
	}
	CHECK(!writer_commit(w));
	writer_end(w);
	w = NULL;
	ids[MANY] = ids[0];
	ids[MANY + 1] = ids[MANY - 1] + 1000000; /* there is none */
	ids[MANY + 3] = record_id_of_name(f.ctx->model, str_of("ITM-2"));
	ids[MANY + 2] = 1; /* no register's */
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(!writer_expect(w, ids, COUNT_OF(ids)));
	for (size_t i = 0; i < MANY; i++) {
		const struct reg *reg = model_reg_of_id(f.ctx->model, ids[i]);

		CHECK(!writer_load(w, reg, ids[i], &f.arena, &r));
		CHECK(r.id == ids[i] && r.version == 1);
		record_set_text(&r, "name", str_of("after"));
		CHECK(!writer_put(w, &r, &written) && written == WRITTEN_CHANGED);
		CHECK(!writer_load(w, reg, ids[i], &f.arena, &r));
		CHECK(r.version == 2 && str_is(record_get(&r, "name")->text, "after"));
		CHECK(!writer_put(w, &r, &written) && written == WRITTEN_UNCHANGED);
		if (i % 2)
			continue;
		CHECK(!writer_expect(w, &ids[i], 1));
		CHECK(!writer_retire(w, reg, ids[i]));
		CHECK(writer_load(w, reg, ids[i], &f.arena, &r) == ERR_MISSING);
	}
	CHECK(!writer_load(w, model_reg_of_id(f.ctx->model, ids[MANY + 3]), ids[MANY + 3], &f.arena,
			   &r));
	CHECK(r.version == 1 && record_get(&r, "lines")->count == 2);
	CHECK(!writer_commit(w));
	CHECK(kept_verify(&f, NULL).count == 0);
}
