/* model.h -- registers and plan as a checked, read-only model.
 *
 * Loaded from a content folder (docs/plan-format.md); everything lives in the arena given to
 * model_load and is never changed afterwards.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/hash.h"
#include "model/plan.h"
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

/* A step that is guarded says who may make it. `who` has the names of roles, and words of what
 * roles may do. */
struct transition {
	const char *from, *to;
	const struct field *when; /* it is a step of records with one of these values; or NULL */
	struct words when_words;
	struct words who;	    /* none: whoever may write the record */
	struct words outside;	    /* roles that whoever makes it does not hold */
	const struct field **apart; /* fields that do not name them */
	size_t apart_count;
	bool not_writer;	/* nor wrote the version before */
	const struct field *by; /* names who made the step; written with it alone; or NULL */
	const struct field *as; /* and the role in which; likewise */
	const struct yaml *source;
};

/* A date or instant by which a record is to be in one of the states. In another one, or in none
 * that anybody said, it is owed still: by those whom the fields name, or where they name nobody by
 * whoever may write the record. */
struct due {
	const struct field *field;
	struct words met;
	const struct field **owners; /* each refers to one person */
	size_t owner_count;
};

struct reg {
	const char *name, *title, *about, *prefix;
	int64_t code;
	size_t index;	 /* in model->regs */
	bool kernel;	 /* written by Holdfast itself only */
	bool restricted; /* values enter the ledger as salted hashes */
	const struct field *fields;
	size_t field_count;
	const size_t *sorted; /* indexes of fields in the order of their names */
	struct words states;
	const char
		*usual; /* the state of most records, so that an index finds the others; or NULL */
	const struct transition *transitions;
	size_t transition_count;
	struct words write; /* the only ones who write it, as in `who`; none: by their duties */
	bool keeps;	    /* nobody retires a record of it; it ends by a transition */
	const struct field *follows; /* names the record that it is as restricted as; or NULL */
	const struct due *dues;
	size_t due_count;
	const struct table *table;
	const struct table *history;
	struct place place;
	const struct yaml *source;
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
	COLUMN_LEAF,
	SYSTEM_COLUMNS,
};

/* A record's number: the register's code above a counter of 40 bits, below 2^53. */
enum { ID_CODE_SHIFT = 40, REG_CODE_MAX = 8191 };

/* Every file that a model is made of: "registers/account.yaml", "plan/sections/6.5.yaml". */
struct plan_file {
	const char *path;
	struct str bytes;
};

struct plan_files {
	struct plan_file *files;
	size_t count;
};

/* What a role may do in a register, in rows where it holds. */
enum { GRANT_READ = 1, GRANT_WRITE = 2, GRANT_RETIRE = 4 };

struct model {
	const struct reg **regs; /* by name */
	size_t reg_count;
	const struct reg **by_code;  /* up to REG_CODE_MAX; NULL where none has it */
	const unsigned char *grants; /* role by role, a byte for each register (grants.c) */
	struct plan plan;
	struct hash hash; /* of every file's name and content */
	struct plan_files files;
};

/* Reads `content`/registers and the plan's folder. Faults go to `d`; ERR_INVALID (with the first
 * one) when any is an error. Faults in files are all gathered before it gives up. */
struct model_source {
	const char *content;
	const char *plan;
	const struct plan_files *kept; /* instead of the two, or NULL */
	struct ahead *ahead;	       /* of model_ahead, or NULL */
};
/* Begins to parse the files on another thread, for whoever has other things to do before it calls
 * model_load with the same arena. To be ended after that (model/ahead.h). */
struct ahead *model_ahead(const struct model_source *from, struct arena *a);
/* The hash of a model with these files, in whatever order and whether it can be loaded or not. */
MUST_CHECK enum err_code plan_files_hash(const struct plan_files *files, struct hash *ret_hash,
					 struct err *e);
/* How messages name the folder of a plan that comes from kept files. */
#define PLAN_KEPT_ROOT "kept-plan"
MUST_CHECK enum err_code model_load(const struct model_source *from, struct arena *a,
				    struct diags *d, const struct model **ret_model, struct err *e);

/* NULL when there is none. */
const struct reg *model_reg(const struct model *m, struct str name);
const struct reg *model_reg_by_code(const struct model *m, int64_t code);
const struct reg *model_reg_of_id(const struct model *m, int64_t id);
const struct reg *model_reg_by_prefix(const struct model *m, struct str prefix);
const struct field *reg_field(const struct reg *r, struct str name);
/* The registers that a reference may point into: all of them where it names none. */
const struct reg *const *field_targets(const struct model *m, const struct field *f,
				       size_t *ret_count);
bool field_allows(const struct field *f, const struct reg *r);
/* The field that a record is told by: its title or name, else its first text. NULL when it has no
 * text. */
const struct field *reg_title(const struct reg *r);
const struct obligation *model_obligation(const struct model *m, struct str id);
const struct section *model_section(const struct model *m, struct str number);
const struct param *model_param(const struct model *m, const char *name);
const struct role *model_role(const struct model *m, struct str name);
/* The first that may do that, a word of `may`; NULL when none may. */
const struct role *model_role_that_may(const struct model *m, const char *what);
/* What the role may do in the register: GRANT_... */
unsigned model_grant(const struct model *m, const struct role *role, const struct reg *r);
/* Whether the role is among words as in `who`: by its name, or by what it may. */
bool role_is_among(const struct role *role, const struct words *words);
/* Whether there is a guarded step into the state: then only who may make one says it. */
bool reg_guards(const struct reg *r, struct str state);
/* Where a byte of `composed` stands: in the obligation's file, or in that of a view it uses. */
struct place query_place(const struct model *m, const struct query *q, size_t offset);
/* Nearest name, for messages; NULL when none is near. */
const char *model_nearest_reg(const struct model *m, struct str name);
const char *model_nearest_role(const struct model *m, struct str name);
/* What a role may do, as `may` says it; ends with NULL. */
extern const char *const role_powers[];
const char *reg_nearest_field(const struct reg *r, struct str name);
/* ERR_INVALID: it has no field of that name; perhaps the nearest was meant. */
enum err_code reg_no_field(const struct reg *r, struct str name, struct err *e);

/* "ACC-1042". */
enum { RECORD_NAME_SIZE = 40 };
void record_name(const struct model *m, int64_t id, char out[RECORD_NAME_SIZE]);
/* 0 when it is no name of a record. */
int64_t record_id_of_name(const struct model *m, struct str name);

#endif
