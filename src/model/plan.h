/* plan.h -- what a plan's folder says (docs/plan-format.md), read-only once it is loaded. */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "base/diag.h"
#include "codec/yaml.h"

struct json_writer;
struct reg;

struct words {
	const char **words;
	size_t count;
};
/* "name": ["a", "b"] */
void words_tell(struct json_writer *w, const char *name, const struct words *words);

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
	bool second_factor;	/* who holds it signs in with a second factor */
	struct words write;	/* registers, beside those that its duties are about */
	struct words not_write; /* and those of its duties that it leaves to others */
	struct words read;	/* the only ones that it reads, beside those that it writes */
	bool reads_some;	/* `read` was said */
	bool sees_all; /* rows of every organisation, unless it is a member's (access/holding.h) */
	struct place place;
	const struct yaml *source;
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

/* As the plan writes them. */
extern const char *const cadence_names[];
extern const char *const proof_names[];

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
	const struct view **uses; /* those that it names, in the order in which it does */
	size_t use_count;
	bool looked_through; /* not copied, where it is used */
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

#endif
