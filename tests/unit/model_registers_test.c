#include "model_fixture.h"
#include "test.h"

#include <string.h>

#define HEAD "name: thing\ncode: 9\nprefix: THI\ntitle: Things\nfields:\n"

static const char path[] = "registers/thing.yaml";

static const struct reg *
thing(struct content_fixture *f, const char *fields)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};
	const struct reg *r;

	buf_addf(&text, "%s%s", HEAD, fields);
	content_put(f, path, text.data);
	CHECK(content_load(f));
	r = model_reg(f->model, str_of("thing"));
	CHECK(r);
	return r;
}

static void
refused(const char *fields, const char *place, const char *words)
{
	CONTENT f;
	CLEANUP(buf_fini) struct buf text = {.limit = 65536};

	content_open(&f);
	buf_addf(&text, "%s%s", HEAD, fields);
	content_put(&f, path, text.data);
	content_refused(&f, place, words);
}

TEST(registers_give_tables_that_begin_with_the_system_columns)
{
	CONTENT f;
	const struct reg *r;

	content_open(&f);
	r = thing(&f, "  - {name: size, type: int}\n  - {name: owner, type: ref, to: [person]}\n");
	CHECK(strcmp(r->table->name, "thing") == 0);
	CHECK(strcmp(r->history->name, "thing_history") == 0);
	CHECK(strcmp(r->table->columns[COLUMN_ID].name, "id") == 0);
	CHECK(strcmp(r->table->columns[COLUMN_KEY].name, "key") == 0);
	CHECK(strcmp(r->table->columns[SYSTEM_COLUMNS].name, "size") == 0);
	CHECK(r->table->columns[SYSTEM_COLUMNS + 1].type == COLUMN_INT);
	CHECK(r->table->column_count == SYSTEM_COLUMNS + 2);
	CHECK(r->table->guard == GUARD_VERSIONED && r->history->guard == GUARD_APPEND_ONLY);
}

TEST(registers_lists_and_references_to_many_have_tables_of_their_own)
{
	CONTENT f;
	const struct reg *r;

	content_open(&f);
	r = thing(&f, "  - {name: items, type: refs, to: [any]}\n"
		      "  - name: lines\n    type: list\n    fields:\n"
		      "      - {name: subject, type: ref, to: [person, thing]}\n"
		      "      - {name: state, type: text}\n");
	CHECK(strcmp(r->fields[0].table->name, "thing_items") == 0);
	CHECK(r->fields[0].target_count == 0);
	CHECK(strcmp(r->fields[1].table->name, "thing_lines") == 0);
	CHECK(strcmp(r->fields[1].history_table->name, "thing_lines_history") == 0);
	CHECK(r->fields[1].field_count == 2 && r->fields[1].fields[0].target_count == 2);
	CHECK(r->table->column_count == SYSTEM_COLUMNS);
}

TEST(registers_roles_and_classes_take_their_words_from_the_plan)
{
	CONTENT f;
	const struct reg *r;

	content_open(&f);
	r = thing(&f, "  - {name: a, type: role}\n  - {name: b, type: classification_set}\n");
	CHECK(r->fields[0].type == FIELD_ENUM && r->fields[0].words.count == 2);
	CHECK(strcmp(r->fields[0].words.words[1], "auditor") == 0);
	CHECK(r->fields[1].type == FIELD_WORDS);
	CHECK(strcmp(r->fields[1].words.words[0], "public") == 0);
}

TEST(registers_fields_are_refused_with_their_place)
{
	refused("  - {name: a, type: txt}\n", "registers/thing.yaml:6:21", "did you mean 'text'?");
	refused("  - {name: a, type: text}\n  - {name: a, type: int}\n", "registers/thing.yaml:7:5",
		"field 'a' is there twice");
	refused("  - {name: a, type: text, indxed: true}\n", "registers/thing.yaml:6:27",
		"unknown name 'indxed'; did you mean 'indexed'?");
	refused("  - {name: a, type: text, required: maybe}\n", "registers/thing.yaml:6:37",
		"'required' must be true or false");
	refused("  - {name: a, type: enum}\n", "registers/thing.yaml:6:5", "needs 'values'");
	refused("  - {name: a, type: text, values: [b]}\n", "registers/thing.yaml:6:5",
		"takes no 'values'");
	refused("  - {name: a, type: ref}\n", "registers/thing.yaml:6:5", "needs 'to'");
	refused("  - {name: a, type: ref, to: [persn]}\n", "registers/thing.yaml:6:5",
		"register 'persn', which does not exist; did you mean 'person'?");
	refused("  - {name: Big, type: text}\n", "registers/thing.yaml:6:5", "is no good name");
	refused("  - {name: a}\n", "registers/thing.yaml:6:5", "'type' is missing");
	refused("  - {type: text}\n", "registers/thing.yaml:6:5", "'name' is missing");
	refused("  - text\n", "registers/thing.yaml:6:5", "names and values are expected");
}

TEST(registers_reserved_names_are_refused)
{
	refused("  - {name: organisation, type: text}\n", "registers/thing.yaml:6:5",
		"'organisation' is a reserved name");
	refused("  - {name: select, type: text}\n", "registers/thing.yaml:6:5",
		"'select' is a reserved name");
	refused("  - name: l\n    type: list\n    fields: [{name: pos, type: int}]\n",
		"registers/thing.yaml:8:14", "'pos' is a reserved name");
}

TEST(registers_a_list_holds_no_list)
{
	refused("  - name: l\n    type: list\n    fields: [{name: m, type: refs, to: [any]}]\n",
		"registers/thing.yaml:8:14", "a list cannot hold another list");
}

TEST(registers_share_neither_name_nor_code_nor_prefix)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, path, "name: person\ncode: 9\nprefix: THI\ntitle: T\nfields: []\n");
	content_refused(&f, "registers/thing.yaml:1:1", "register 'person' stands in");
	content_put(&f, path, "name: thing\ncode: 2\nprefix: THI\ntitle: T\nfields: []\n");
	content_refused(&f, "registers/thing.yaml:1:1", "code 2 belongs to register 'person'");
	content_put(&f, path, "name: thing\ncode: 9\nprefix: PER\ntitle: T\nfields: []\n");
	content_refused(&f, "registers/thing.yaml:1:1",
			"prefix 'PER' belongs to register 'person'");
	content_put(&f, path, "name: thing\ncode: 8192\nprefix: THI\ntitle: T\nfields: []\n");
	content_refused(&f, "registers/thing.yaml:2:7", "a whole number from 1 to 8191");
}

TEST(registers_transitions_join_states)
{
	CONTENT f;
	const struct reg *r;

	content_open(&f);
	r = thing(&f, "  []\nstates: [new, old]\ntransitions: [{from: new, to: old}]\n");
	CHECK(r->states.count == 2 && r->transition_count == 1);
	CHECK(strcmp(r->transitions[0].to, "old") == 0);
	content_put(&f, path,
		    HEAD "  []\nstates: [new, old]\ntransitions: [{from: nwe, to: old}]\n");
	content_refused(&f, "registers/thing.yaml:8:22", "did you mean 'new'?");
}

TEST(registers_with_a_usual_state_have_an_index_of_the_others)
{
	CONTENT f;
	const struct reg *r;
	size_t found = 0;

	content_open(&f);
	r = thing(&f, "  []\nstates: [new, old]\nusual: old\n");
	CHECK(strcmp(r->usual, "old") == 0);
	for (size_t i = 0; i < r->table->index_count; i++) {
		const struct index *ix = &r->table->indexes[i];

		found += strcmp(ix->name, "thing_not_old_index") == 0 &&
			 strcmp(ix->where, "coalesce(state, '') <> 'old'") == 0;
	}
	CHECK(found == 1);
	refused("  []\nstates: [new, old]\nusual: odl\n", "registers/thing.yaml:8:8",
		"did you mean 'old'?");
	refused("  []\nstates: [new, \"it's\"]\nusual: \"it's\"\n", "registers/thing.yaml:8:8",
		"must be small letters");
	refused("  []\nusual: old\n", "registers/thing.yaml:7:8", "without states");
}

TEST(registers_numbers_of_records_carry_the_register)
{
	CONTENT f;
	char name[RECORD_NAME_SIZE];
	int64_t id;

	content_open(&f);
	CHECK(content_load(&f));
	id = record_id_of_name(f.model, str_of("PER-1042"));
	CHECK(id == (((int64_t)2 << ID_CODE_SHIFT) | 1042));
	CHECK(strcmp(model_reg_of_id(f.model, id)->name, "person") == 0);
	record_name(f.model, id, name);
	CHECK(strcmp(name, "PER-1042") == 0);
	CHECK(record_id_of_name(f.model, str_of("PER-0")) == 0);
	CHECK(record_id_of_name(f.model, str_of("PER-")) == 0);
	CHECK(record_id_of_name(f.model, str_of("PER")) == 0);
	CHECK(record_id_of_name(f.model, str_of("XYZ-1")) == 0);
	CHECK(record_id_of_name(f.model, str_of("PER-1099511627776")) == 0);
}

TEST(registers_a_folder_without_any_is_refused)
{
	CONTENT f;

	content_open(&f);
	content_put(&f, "registers/person.yaml", NULL);
	content_put(&f, "registers/organisation.yaml", NULL);
	content_refused(&f, "registers:0:0", "must hold registers");
}

#define DATED                                                                                      \
	"  - {name: due_on, type: date, indexed: true}\n"                                          \
	"  - {name: done_on, type: date}\n"                                                        \
	"  - {name: owner, type: ref, to: [person]}\n"                                             \
	"states: [open, done]\n"

TEST(registers_say_what_is_due_and_by_whom)
{
	CONTENT f;
	const struct reg *r;

	content_open(&f);
	r = thing(&f, DATED "due: [{field: due_on, met: [done], owner: [owner]}]\n");
	CHECK(r->due_count == 1 && strcmp(r->dues[0].field->name, "due_on") == 0);
	CHECK(r->dues[0].met.count == 1 && strcmp(r->dues[0].met.words[0], "done") == 0);
	CHECK(r->dues[0].owner_count == 1 && strcmp(r->dues[0].owners[0]->name, "owner") == 0);
	r = thing(&f, DATED "due: [{field: due_on, met: [done]}]\n");
	CHECK(r->due_count == 1 && r->dues[0].owner_count == 0);
}

TEST(registers_refuse_what_can_not_be_due)
{
	static const struct {
		const char *due, *place, *words;
	} bad[] = {
		{"[{field: due_at, met: [done]}]",		   "10:15", "did you mean 'due_on'"	   },
		{"[{field: owner, met: [done]}]",			  "10:15", "holds no date or datetime"},
		{"[{field: done_on, met: [done]}]",		    "10:15", "indexed: true"	    },
		{"[{field: due_on}]",				      "10:7",  "needs 'met'"		   },
		{"[{field: due_on, met: [gone]}]",		   "10:28", "'gone' is no state"	},
		{"[{field: due_on, met: [done], owner: [done_on]}]", "10:43", "name one person"	       },
		{"[{field: due_on, met: [done], by: [owner]}]",	"10:36", "'by'"		       },
		{"{field: due_on}",				    "10:6",  "must be a list"	    },
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		CLEANUP(buf_fini) struct buf text = {.limit = 65536};
		CLEANUP(buf_fini) struct buf place = {.limit = 65536};

		buf_addf(&text, "%sdue: %s\n", DATED, bad[i].due);
		buf_addf(&place, "%s:%s", path, bad[i].place);
		refused(text.data, place.data, bad[i].words);
	}
}
