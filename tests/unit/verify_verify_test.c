#include "verify/verify_priv.h"

#include "test.h"
#include "workspace_fixture.h"

#include <string.h>

/* One thing that somebody does to the database, and what must be said of it. */
struct attack {
	const char *sql;
	const char *what;
	const char *record;
	int64_t version;
};

#define ITEM(n) "(20 * 1099511627776 + " #n ")"
#define DOSSIER(n) "(30 * 1099511627776 + " #n ")"

static void
check_named(const struct verdict *v, const struct attack *a)
{
	const struct verdict_fault *f = verdict_find(v, a->what, a->record);

	if (!f)
		(void)fprintf(stderr, "after: %s\n", a->sql);
	CHECK(f);
	CHECK(f->version == a->version);
	CHECK(a->record[0] == '\0' || strstr(f->message, a->record));
}

/* Each attack on a workspace as it was, once with the guards put back and once without. */
static void
check_attacks(const struct attack *attacks, size_t count)
{
	KEPT f;
	const char *copy;

	kept_open(&f);
	kept_fill(&f);
	CHECK(kept_verify(&f, NULL).count == 0);
	copy = kept_copy(&f, "copy");
	for (size_t i = 0; i < count; i++) {
		struct verdict v;

		kept_restore(&f, copy);
		kept_tamper(&f, attacks[i].sql);
		v = kept_verify(&f, NULL);
		check_named(&v, &attacks[i]);
		kept_restore(&f, copy);
		kept_tamper_unguarded(&f, attacks[i].sql);
		v = kept_verify(&f, NULL);
		check_named(&v, &attacks[i]);
		CHECK(verdict_find(&v, "guard", ""));
	}
	kept_restore(&f, copy);
	CHECK(kept_verify(&f, NULL).count == 0);
}

TEST(verify_finds_a_change_in_each_column_of_a_present_row)
{
	static const char *const changes[] = {
		"organisation = organisation + 1",
		"feed = 'tesu'",
		"key = 'onf'",
		"state = 'open'",
		"state = null",
		"recorded_from = recorded_from + 1",
		"delivered = 1",
		"note = 'another texu'",
		"note = null",
		"note = ''",
		"size = -13",
		"price = 12346",
		"used = 0",
		"bought_on = '2026-03-02'",
		"seen_at = '2026-03-01T12:00:01Z'",
		"kind = 'other'",
		"colours = '[\"blue\"]'",
		"parent = " ITEM(1),
		"paper = 'b.pdf'",
		"row_version = 3",
	};
	struct attack attacks[COUNT_OF(changes)];
	char sql[COUNT_OF(changes)][128];

	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		bool version = strncmp(changes[i], "row_version", 11) == 0;

		(void)snprintf(sql[i], sizeof(sql[i]), "update item set %s where id = " ITEM(1),
			       changes[i]);
		attacks[i] = (struct attack){sql[i], version ? "leaf_missing" : "leaf", "ITM-1",
					     version ? 3 : 2};
	}
	check_attacks(attacks, COUNT_OF(attacks));
}

TEST(verify_finds_a_change_in_each_column_of_a_superseded_row)
{
	static const struct attack attacks[] = {
		{"update item_history set note = 'b text' where id = " ITEM(1),			"leaf",		"ITM-1", 1},
		{"update item_history set size = 12 where id = " ITEM(1),			  "leaf",	  "ITM-1", 1},
		{"update item_history set key = 'two' where id = " ITEM(1),			    "leaf",	    "ITM-1", 1},
		{"update item_history set recorded_from = 7 where id = " ITEM(1),		  "leaf",	  "ITM-1",
		 1													   },
		{"update item_history set recorded_to = recorded_to + 1 where id = " ITEM(1),      "row",
		 "ITM-1",												   2},
		{"update item_history set retired = 1 where id = " ITEM(1),			    "leaf",	    "ITM-1", 1},
		{"update item_history set retired = 0 where id = " ITEM(3) " and row_version = 2",
		 "leaf",											   "ITM-3", 2},
		{"update item_history set retired = 2 where id = " ITEM(3) " and row_version = 2",
		 "row",											    "ITM-3", 2},
		{"update item_history set recorded_to = recorded_to + 1 where id = " ITEM(
			 3) " and row_version = 2",
		 "row",											    "ITM-3", 2},
		{"update item_history set row_version = 5 where id = " ITEM(1),			"leaf_missing",
		 "ITM-1",												   5},
		{"update dossier_history set subject = 'nobody'",				  "leaf",	  "DOS-1", 1},
		{"update dossier_history set salt = zeroblob(16)",				   "leaf",	   "DOS-1", 1},
	};

	check_attacks(attacks, COUNT_OF(attacks));
}

TEST(verify_finds_a_change_of_an_item_of_a_list)
{
	static const struct attack attacks[] = {
		{"update item_lines set text = 'y' where record = " ITEM(1) " and pos = 1",	    "leaf",
		 "ITM-1",											     2},
		{"update item_lines set number = 3 where record = " ITEM(1) " and pos = 2",	    "leaf",
		 "ITM-1",											     2},
		{"update item_lines set subject = null where record = " ITEM(1),			 "leaf", "ITM-1",
		 2												     },
		{"update item_lines set pos = 9 where record = " ITEM(1) " and pos = 3",		 "row",
		 "ITM-1",											     2},
		{"delete from item_lines where record = " ITEM(1) " and pos = 3",			  "leaf", "ITM-1",
		 2												     },
		{"delete from item_lines where record = " ITEM(1),				   "leaf", "ITM-1", 2},
		{"insert into item_lines (record, pos, text) values (" ITEM(1) ", 4, 'w')",	    "leaf",
		 "ITM-1",											     2},
		{"insert into item_lines (record, pos, text) values (" ITEM(9) ", 1, 'w')",	    "row",
		 "ITM-9",											     0},
		{"update item_parts set value = " ITEM(2) " where record = " ITEM(2) " and pos = 1",
		 "leaf",										     "ITM-2", 1},
		{"update item_lines_history set text = 'y' where record = " ITEM(1) " and pos = 1",
		 "leaf",										     "ITM-1", 1},
		{"delete from item_lines_history where record = " ITEM(1) " and pos = 2",		  "leaf",
		 "ITM-1",											     1},
		{"update item_lines_history set row_version = 2 where record = " ITEM(1),		  "leaf",
		 "ITM-1",											     1},
		{"update dossier_steps set text = 'told'",					   "leaf", "DOS-1", 2},
	};

	check_attacks(attacks, COUNT_OF(attacks));
}

TEST(verify_finds_a_change_of_who_did_it_and_of_what_happened)
{
	static const struct attack attacks[] = {
		{"update event set kind = 'report_issuee' where id = 2", "leaf",		 "event 2", 1},
		{"update event set at = at + 1 where id = 2",	      "leaf",	      "event 2", 1},
		{"update event set detail = '{}' where id = 2",		"leaf",		"event 2", 1},
		{"update event set actor = 77 where id = 2",	     "actor",	      "event 2", 1},
		{"update event set id = 3 where id = 2",		 "leaf_missing",	 "event 3", 1},
		{"delete from event where id = 2",			   "leaf_unclaimed", "event 2", 1},
		{"insert into event values (3, 'k', 1, 1, '{}', 0)",     "leaf_missing",   "event 3", 1},
		{"update actor set name = 'somebody@shell'",	     "leaf",	     "ITM-1",   1},
		{"delete from actor",				      "actor",	       "ITM-1",	1},
		{"insert into actor values (2, 'somebody@shell'); update item set recorded_by = 2 "
		 "where id = " ITEM(2),
		 "leaf",								   "ITM-2",	  1},
		{"update item set recorded_by = 99 where id = " ITEM(2), "actor",	  "ITM-2",   1},
		{"update counter set next = 2 where id = 20",	      "counter",	 "",	     0},
		{"delete from counter where id = 30",		      "counter",	 "",	     0},
	};

	check_attacks(attacks, COUNT_OF(attacks));
}

TEST(verify_finds_versions_that_are_gone_or_never_were)
{
	static const char copied[] = "create temp table t as select * from item where id = " ITEM(
		2) ";"
		   "update t set id = " ITEM(4) ", key = 'four';"
						"insert into item select * from t";
	static const char forgotten[] = "delete from item where id = " ITEM(
		1) ";"
		   "delete from item_lines where record = " ITEM(
			   1) ";"
			      "delete from item_parts where record = " ITEM(
				      1) ";"
					 "delete from ledger_leaf where subject = " ITEM(
						 1) " and version = 2";
	static const struct attack attacks[] = {
		{"delete from item where id = " ITEM(2),							      "leaf_unclaimed", "ITM-2",   1},
		{"delete from item where id = " ITEM(1),							      "leaf_unclaimed", "ITM-1",   2},
		{forgotten,											   "row",		   "ITM-1",   1},
		{"delete from item_history where id = " ITEM(1),							 "leaf_unclaimed", "ITM-1",   1},
		{"delete from item_history where id = " ITEM(
			 1) "; delete from ledger_leaf where subject = " ITEM(1) " and version = 1",
		 "row",														 "ITM-1",	 2},
		{"delete from item_history where id = " ITEM(3) " and row_version = 2",
		 "leaf_unclaimed",												      "ITM-3",   2},
		{"delete from dossier",									       "leaf_unclaimed", "DOS-1",   2},
		{copied,											      "leaf_missing",	 "ITM-4",	  1},
		{"update item set id = 5 where id = " ITEM(2),							       "row",	      "event 5", 1},
		{"insert into item_history select i.*, i.recorded_from, 0 from item i where id "
		 "= " ITEM(2),
		 "row",														 "ITM-2",	 1},
		{"insert into item_history select i.*, i.recorded_from, 0 from item i where id "
		 "= " ITEM(2),
		 "leaf_claimed_twice",												  "ITM-2",	1},
	};

	check_attacks(attacks, COUNT_OF(attacks));
}

TEST(verify_finds_what_was_done_to_the_ledger_itself)
{
	static const char swapped[] = "update ledger_leaf set subject = " ITEM(
		3) " - subject + 20 * 1099511627776 "
		   "where version = 1 and subject in (" ITEM(1) ", " ITEM(2) ")";
	static const char moved[] = "update item set leaf = 5 where id = " ITEM(2);
	static const char agreed[] = "update item set leaf = 2 where id = " ITEM(
		2) "; "
		   "update ledger_leaf set subject = " ITEM(2) ", version = 1 where idx = 2";
	static const char swapped_hashes[] =
		"update ledger_tile set data = cast(substr(data, 1, 96) || substr(data, 129, 32) "
		"|| substr(data, 97, 32) || substr(data, 161) as blob) where id = 0";
	static const struct attack attacks[] = {
		{"delete from ledger_leaf where idx = (select max(idx) from ledger_leaf)",
		 "leaf_missing",											   "event 2", 1},
		{swapped,									    "leaf_missing",	  "ITM-2",   1},
		{swapped,									    "leaf_missing",	  "ITM-1",   1},
		{moved,									      "leaf_missing",	"ITM-2",	 1},
		{agreed,									     "leaf",		 "ITM-2",	  1},
		{swapped_hashes,								     "tile",		 "ITM-1",	  1},
		{swapped_hashes,								     "tile",		 "ITM-2",	  1},
		{"insert into ledger_leaf values (77, " ITEM(7) ", 1)",				"leaf_added",	      "",	  0},
		{"insert into ledger_leaf values (-7, " ITEM(7) ", 1)",				"leaf_added",	      "",	  0},
		{"delete from ledger_checkpoint where id = (select max(id) from ledger_checkpoint)",
		 "checkpoint_missing",										     "",	   0},
		{"delete from ledger_checkpoint where id = 4",				       "checkpoint_missing", "",	 0},
		{"update ledger_checkpoint set note = replace(note, '\n4\n', '\n5\n') where id = 4",
		 "checkpoint_signature",										   "",	     0},
		{"update ledger_checkpoint set recorded_at = recorded_at + 1 where id = 4",
		 "checkpoint_time",											"",	0},
		{"delete from ledger_tile",							  "tile",		    "ITM-1",   1},
	};

	check_attacks(attacks, COUNT_OF(attacks));
}

TEST(verify_finds_what_was_done_to_plans_that_are_kept)
{
	static const struct attack attacks[] = {
		{"update plan_file set bytes = cast('x' as blob) where path = 'plan/plan.yaml'",
		 "plan",										 "", 0},
		{"update plan_file set path = 'registers/other.yaml' where path = "
		 "'registers/item.yaml'",				       "plan", "", 0},
		{"delete from plan_file where path = 'registers/item.yaml'",		     "plan", "", 0},
		{"insert into plan_file select f.hash, 'plan/other.yaml', f.bytes from plan_file f "
		 "where f.path = 'plan/plan.yaml'",			     "plan", "", 0},
		{"insert into plan_file values ('abc', 'plan/plan.yaml', zeroblob(1))",		"plan", "",
		 0											    },
		{"update plan_version set name = 'other'",					   "plan", "", 0},
		{"update plan_version set version = 'other'",				      "plan", "", 0},
		{"insert into plan_version select 'abc', v.name, v.version, v.kept_at from "
		 "plan_version v",					      "plan", "", 0},
		{"delete from plan_version; delete from plan_file",				    "plan", "", 0},
		{"update meta set value = 'abc' where name = 'plan_hash'",			   "plan", "", 0},
	};

	check_attacks(attacks, COUNT_OF(attacks));
}

TEST_SQLITE(verify_finds_tables_that_are_not_as_they_were_made)
{
	/* What a strict column refuses: the same bytes as a blob, which no text equals. */
	static const char loose[] =
		"create table t as select * from item; drop table item;"
		"alter table t rename to item; update item set note = cast(note as blob)";
	static const char view[] =
		"alter table dossier rename to t; create view dossier as select * from t";
	static const char trigger[] =
		"create trigger t after insert on item begin update item set note = 'x'; end";
	static const struct {
		const char *sql;
		const char *message;
	} attacks[] = {
		{loose,				    "table 'item' is not as it was made"   },
		{view,				     "table 'dossier' is missing"	   },
		{trigger,				  "a trigger that does not belong there" },
		{"alter table item add column extra text", "table 'item' is not as it was made"   },
		{"drop table item_lines_history",	  "table 'item_lines_history' is missing"},
	};
	KEPT f;
	const char *copy;

	kept_open(&f);
	kept_fill(&f);
	copy = kept_copy(&f, "copy");
	for (size_t i = 0; i < COUNT_OF(attacks); i++) {
		const struct verdict_fault *fault;
		struct verdict v;

		kept_restore(&f, copy);
		kept_tamper_unguarded(&f, attacks[i].sql);
		v = kept_verify(&f, NULL);
		fault = verdict_find(&v, "table", "");
		CHECK(fault && strstr(fault->message, attacks[i].message));
	}
}

/* Changes the first byte of the tile's first hash. */
static void
flip(struct workspace_fixture *f, long long id)
{
	char sql[512];

	(void)snprintf(
		sql, sizeof(sql),
		"update ledger_tile set data = cast(case substr(data, 1, 1) when zeroblob(1) "
		"then cast('1' as blob) else zeroblob(1) end || substr(data, 2) as blob) where id "
		"= %lld",
		id);
	kept_tamper(f, sql);
}

TEST(verify_finds_one_byte_changed_in_a_tile_of_each_level)
{
	KEPT f;
	WRITER *w = NULL;
	const char *copy;

	kept_open(&f);
	kept_fill(&f);
	CHECK(!writer_begin(f.ctx, &w));
	for (int i = 0; i < 66000; i++)
		CHECK(!writer_event(w, "tick", str_of("{}")));
	CHECK(!writer_commit(w));
	writer_end(w);
	w = NULL;
	copy = kept_copy(&f, "copy");
	for (long long level = 0; level < 3; level++) {
		const char *words[] = {"tile 0 of level 0", "tile 0 of level 1",
				       "tile 0 of level 2"};
		const struct verdict_fault *fault;
		struct verdict v;

		kept_restore(&f, copy);
		flip(&f, level << 40);
		v = kept_verify(&f, NULL);
		fault = verdict_find(&v, "tile", "");
		CHECK(fault && strstr(fault->message, words[level]));
	}
}

/* Everything after the checkpoint of the copy goes, as if it had never been: the ledger is whole
 * again, and only who kept a later checkpoint can tell. */
TEST(verify_finds_a_ledger_that_was_cut_back_only_with_a_checkpoint_that_was_kept)
{
	KEPT f;
	struct verify_options o = {0};
	struct verdict before, after;
	const char *copy;
	const struct verdict_fault *fault;

	kept_open(&f);
	kept_fill(&f);
	copy = kept_copy(&f, "copy");
	before = kept_verify(&f, NULL);
	kept_event(&f, "report_issued", "{\"report\":\"the one that is to vanish\"}");
	after = kept_verify(&f, NULL);
	o.earlier = str_dup(&f.arena, before.all.note);
	CHECK(kept_verify(&f, &o).count == 0);
	o.earlier = str_dup(&f.arena, after.all.note);
	CHECK(kept_verify(&f, &o).count == 0);
	kept_restore(&f, copy);
	CHECK(kept_verify(&f, NULL).count == 0);
	after = kept_verify(&f, &o);
	fault = verdict_find(&after, "checkpoint_kept", "");
	CHECK(after.count == 1 && fault && strstr(fault->message, "cut back"));
	/* Another event takes the place of the one that vanished. */
	kept_event(&f, "report_issued", "{\"report\":\"another\"}");
	CHECK(kept_verify(&f, NULL).count == 0);
	after = kept_verify(&f, &o);
	fault = verdict_find(&after, "checkpoint_kept", "");
	CHECK(after.count == 1 && fault && strstr(fault->message, "rewritten"));
	o.earlier = str_of("no note\n");
	after = kept_verify(&f, &o);
	CHECK(after.count == 1 && verdict_find(&after, "checkpoint_kept", ""));
}

TEST(verify_finds_another_key_only_with_the_key_that_was_kept)
{
	KEPT f;
	struct verify_options o = {0};
	struct note_key kept;
	struct verdict v;

	kept_open(&f);
	kept_fill(&f);
	kept = *workspace_key(f.ws);
	note_key_wipe(&kept);
	o.key = &kept;
	CHECK(kept_verify(&f, &o).count == 0);
	CHECK(!note_key_make(kept.name, &kept, &f.ctx->err));
	v = kept_verify(&f, &o);
	CHECK(verdict_find(&v, "checkpoint_signature", ""));
	CHECK(v.all.leaves == 0);
}

TEST(verify_reads_one_snapshot_while_another_process_writes)
{
	KEPT f;
	CLEANUP(workspace_closep) struct workspace *reader = NULL;
	struct workspace_options o = {0};
	struct workspace *own;
	WRITER *w = NULL;
	struct verdict v;

	kept_open(&f);
	kept_fill(&f);
	o.home = f.home;
	CHECK(!workspace_open(&o, DB_READ, &reader, &f.ctx->err));
	CHECK(!writer_begin(f.ctx, &w));
	CHECK(!writer_event(w, "tick", str_of("{}")));
	own = f.ws;
	f.ctx = workspace_ctx(reader);
	CHECK(kept_verify(&f, NULL).count == 0);
	f.ctx = workspace_ctx(own);
	CHECK(!writer_commit(w));
	f.ctx = workspace_ctx(reader);
	v = kept_verify(&f, NULL);
	CHECK(v.count == 0);
	f.ctx = workspace_ctx(own);
	CHECK(kept_verify(&f, NULL).all.leaves == v.all.leaves);
}

/* Enough that one of the two tells the other how far it is. */
TEST(threads_verify_what_holds_and_leave_what_does_not_to_one)
{
	KEPT f;
	WRITER *w = NULL;
	struct verify_options o = {0};
	struct verification two = {0};
	struct verdict one;

	kept_open(&f);
	kept_fill(&f);
	CHECK(!writer_begin(f.ctx, &w));
	for (int i = 0; i < 20000; i++)
		CHECK(!writer_event(w, "tick", str_of("{}")));
	CHECK(!writer_commit(w));
	writer_end(w);
	w = NULL;
	(void)kept_copy(&f, "copy");
	CHECK(verify_by_two(f.ctx, &o, &two));
	one = kept_verify(&f, NULL);
	CHECK(two.faults == 0 && two.leaves == one.all.leaves && two.leaves > 20000);
	CHECK(hash_eq(&two.head.root, &one.all.head.root) && str_eq(two.note, one.all.note));
	kept_tamper(&f, "update item set note = 'b text' where id = " ITEM(1));
	CHECK(!verify_by_two(f.ctx, &o, &two));
	/* A leaf whose row is another's. */
	kept_tamper(&f, "update item set note = 'another text' where id = " ITEM(1));
	CHECK(verify_by_two(f.ctx, &o, &two));
	kept_tamper(&f, "update ledger_leaf set version = 7 where subject = " DOSSIER(1));
	CHECK(!verify_by_two(f.ctx, &o, &two));
}
