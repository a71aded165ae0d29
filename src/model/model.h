/* model.h -- registers and plan as a checked, read-only model.
 *
 * Loaded from a content folder (docs/plan-format.md); everything lives in the arena given to
 * model_load and is never changed afterwards.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/diag.h"
#include "base/hash.h"
#include "codec/yaml.h"
#include "store/schema.h"

enum field_type {
	FIELD_TEXT,
	FIELD_INT,
	FIELD_DECIMAL, /* integer of thousandths */
	FIELD_BOOL,
	FIELD_DATE,
	FIELD_DATETIME,
	FIELD_ENUM,
	FIELD_WORDS, /* enum_set, text_list: a sorted JSON list of distinct words */
	FIELD_REF,
	FIELD_REFS, /* own table */
	FIELD_LIST, /* own table */
	FIELD_FILE,
};

struct words {
	const char **words;
	size_t count;
};

struct reg;

struct field {
	const char *name;
	struct str member; /* ,"name": as it stands in a ledger entry */
	const char *label;
	const char *help; /* "" when there is none */
	enum field_type type;
	bool required;
	bool indexed;
	struct words words; /* values of an enum; of words when only these are allowed */
	bool own_words;	    /* they stand in the register, not in the plan */
	const struct reg **targets;
	size_t target_count;	    /* 0: any register */
	const struct field *fields; /* of a list */
	size_t field_count;
	const struct table *table;	   /* of refs and lists */
	const struct table *history_table; /* likewise */
	struct place place;
};

struct transition {
	const char *from, *to;
};

struct reg {
	const char *name, *title, *about, *prefix;
	int64_t code;
	bool kernel;	 /* written by Holdfast itself only */
	bool restricted; /* values enter the ledger as salted hashes */
	const struct field *fields;
	size_t field_count;
	const size_t *sorted; /* indexes of fields in the order of their names */
	struct words states;
	const struct transition *transitions;
	size_t transition_count;
	const struct table *table;
	const struct table *history;
	struct place place;
};

/* Columns that every register's table begins with, in this order; fields follow. */
enum system_column {
	COLUMN_ID,
	COLUMN_ROW_VERSION,
	COLUMN_ORGANISATION,
	COLUMN_FEED,
	COLUMN_KEY,
	COLUMN_STATE,
	COLUMN_RECORDED_FROM,
	COLUMN_RECORDED_BY,
	COLUMN_DELIVERED,
	COLUMN_SALT,
	SYSTEM_COLUMNS,
};

/* A record's number: the register's code above a counter of 40 bits, below 2^53. */
enum { ID_CODE_SHIFT = 40, REG_CODE_MAX = 8191 };

enum param_unit { UNIT_NUMBER, UNIT_TEXT, UNIT_WORDS };

struct param {
	const char *name, *unit, *section, *origin, *about;
	enum param_unit kind;
	int64_t number;
	const char *text; /* text, or the words as a JSON list */
	struct place place;
};

struct role {
	const char *name;
	const char *title;
	struct words sections;
	const char *clearance;
	struct words training;
	struct words conflicts;
	struct words may;
	struct place place;
};

enum cadence {
	CADENCE_CONTINUOUS,
	CADENCE_DAILY,
	CADENCE_MONTHLY,
	CADENCE_QUARTERLY,
	CADENCE_ANNUAL,
	CADENCE_EVENT,
	CADENCE_AS_SCHEDULED,
	CADENCE_ONCE,
};

enum proof { PROOF_COMPUTED, PROOF_EVIDENCE, PROOF_ATTESTED };

/* SQL as the plan wrote it, and as it runs, with the views that it uses before it. */
struct query {
	const char *text; /* NULL when the obligation has none */
	const char *composed;
	size_t prefix; /* bytes of `composed` before `text` */
	struct place place;
	int indent; /* columns that the file indents the text by */
};

struct obligation {
	const char *id, *section, *title, *duty;
	struct words owners;
	const struct reg *applies_to;
	enum cadence cadence;
	enum proof proof;
	const char *severity;
	struct words binds; /* kinds of organisation */
	struct words controls;
	struct words cites;
	struct place cites_place;
	const struct reg **feeds;
	size_t feed_count;
	bool quiet_when_empty;
	struct query scope;
	struct query check;
	const struct yaml *example;
	struct place place;
};

struct section {
	const char *number, *title;
	const char *iso; /* "" when the plan gives none */
	struct place place;
};

struct view {
	const char *name;
	const char *sql;
	struct query alone; /* as a statement of its own */
	struct place place;
};

struct organisation_entry {
	const char *key, *kind, *name;
};

struct plan_document {
	const char *number, *reference, *title;
	const char *status; /* as printed: "Listed", "Requested" ... */
	struct words cited_as;
};

struct plan_fault {
	const char *id;
	struct words sections;
	const char *kind;
	const char *text;
	struct place place;
};

struct plan {
	const char *name, *title, *reference, *version, *time_zone, *marking;
	struct words classification;
	struct words waiver_roles;
	int64_t examples_at; /* milliseconds */
	const struct organisation_entry *parties;
	size_t party_count;
	const struct organisation_entry *examples;
	size_t example_count;
	const struct role *roles;
	size_t role_count;
	const struct param *params;
	size_t param_count;
	const struct view *views;
	size_t view_count;
	const struct section *sections;
	size_t section_count;
	const struct obligation *obligations; /* by section and letter */
	size_t obligation_count;
	const struct plan_document *documents;
	size_t document_count;
	const struct plan_fault *faults;
	size_t fault_count;
	struct place place; /* of plan.yaml */
};

struct model {
	const struct reg **regs; /* by name */
	size_t reg_count;
	struct plan plan;
	struct hash hash; /* of every file's name and content */
};

/* Reads `content`/registers and the plan's folder. Faults go to `d`; ERR_INVALID (with the first
 * one) when any is an error. Faults in files are all gathered before it gives up. */
struct model_source {
	const char *content;
	const char *plan;
};
MUST_CHECK enum err_code model_load(const struct model_source *from, struct arena *a,
				    struct diags *d, const struct model **ret_model, struct err *e);

/* NULL when there is none. */
const struct reg *model_reg(const struct model *m, struct str name);
const struct reg *model_reg_by_code(const struct model *m, int64_t code);
const struct reg *model_reg_of_id(const struct model *m, int64_t id);
const struct reg *model_reg_by_prefix(const struct model *m, struct str prefix);
const struct field *reg_field(const struct reg *r, struct str name);
const struct obligation *model_obligation(const struct model *m, struct str id);
const struct param *model_param(const struct model *m, const char *name);
const struct role *model_role(const struct model *m, struct str name);
/* Where a byte of `composed` stands: in the obligation's file, or in that of a view it uses. */
struct place query_place(const struct model *m, const struct query *q, size_t offset);
/* Nearest name, for messages; NULL when none is near. */
const char *model_nearest_reg(const struct model *m, struct str name);
const char *model_nearest_role(const struct model *m, struct str name);
const char *reg_nearest_field(const struct reg *r, struct str name);

/* "ACC-1042". */
enum { RECORD_NAME_SIZE = 40 };
void record_name(const struct model *m, int64_t id, char out[RECORD_NAME_SIZE]);
/* 0 when it is no name of a record. */
int64_t record_id_of_name(const struct model *m, struct str name);

#endif
