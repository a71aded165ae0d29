#include "api/describe_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MEMBERS = 20, NAME_SIZE = 200 };

struct schema {
	const char *name;
	const char *about;
	const char *members[MEMBERS];
};

/* What replies are made of, beside records. clang-format would put each on a dozen lines. */
/* clang-format off */
static const struct schema schemas[] = {
	{"reference", "Another record: its name, its register, and its key as long as it is current.",
	 {"id text", "register text?", "key text?"}},
	{"plan", "A plan. `hash` names it: it is made of every file of the plan.",
	 {"name text", "title text", "reference text?", "version text?", "time_zone text", "marking text?",
	  "hash text", "classification text[]"}},
	{"section", "A section of the plan, with the clause of ISO 27001 that it answers, if it names one.",
	 {"number text", "title text", "iso text"}},
	{"sections", "All sections.",
	 {"sections section[]"}},
	{"role", "A role: the sections it answers for, the roles it goes not with, and what it may do.",
	 {"name text", "title text", "sections text[]", "conflicts text[]", "may text[]"}},
	{"roles", "All roles.",
	 {"roles role[]"}},
	{"parameter", "A figure of the plan: a number of its unit, a text, or words. The plan fixes it, or it is proposed or was agreed.",
	 {"name text", "about text", "section text?", "origin fixed|proposed|agreed", "unit text", "number int?", "text text?", "words text[]"}},
	{"parameters", "All figures.",
	 {"parameters parameter[]"}},
	{"plan_version", "A plan that was taken in, by whom, and what differs from the one before: null of the first, or where it is not known.",
	 {"at instant", "by text", "hash text", "plan text", "version text?", "changes object?"}},
	{"plan_versions", "Plans, the newest first. `next` goes on, as `before`.",
	 {"versions plan_version[]", "next int?"}},
	{"obligation", "What somebody must do, how often, and how it is proven. `check` and `scope` are SQL.",
	 {"id text", "section text", "title text", "duty text", "owners text[]", "applies_to text?",
	  "cadence continuous|daily|monthly|quarterly|annual|event|as_scheduled|once",
	  "proof computed|evidence|attested", "severity low|medium|high|critical", "binds text[]",
	  "controls text[]", "cites text[]", "feeds text[]", "scope text?", "check text?"}},
	{"obligations", "Obligations, in the plan's order.",
	 {"obligations obligation[]"}},
	{"field", "A field of a register: the words that it takes, the registers that it refers to, the fields of its items.",
	 {"name text", "label text", "help text",
	  "type text|integer|decimal|boolean|date|instant|word|words|reference|references|list|file",
	  "required bool", "sortable bool", "words+ text[]", "to+ text[]", "fields+ field[]"}},
	{"transition", "A step from one state to another, and what it takes: `when` names a field and `when_words` its values, "
	 "`who` roles and what roles may, `outside` roles that whoever makes it does not hold, `not` fields that do not name him, "
	 "`by` and `as` the fields that are written with it.",
	 {"from text", "to text", "when text?", "when_words text[]", "who text[]", "outside text[]", "not text[]",
	  "by text?", "as text?"}},
	{"step", "A step that leads on from where a record is, and whether the caller may take it now; else why not. With it go "
	 "himself as the field `by`, and one of these roles as the field `as`.",
	 {"to text", "by text?", "as text?", "roles text[]", "allowed bool", "refusal text?"}},
	{"steps", "The state that a record is in, and the steps that lead on from there.",
	 {"state text?", "transitions step[]"}},
	{"register_head", "A register. Only Holdfast itself writes one of the `kernel`; where it `keeps`, nothing is retired; where it `names_duty`, its records "
	 "say in `obligation` which duty they are about. The caller `may` do this with some of its records.",
	 {"name text", "title text", "about text", "prefix text", "kernel bool", "restricted bool", "keeps bool", "names_duty bool", "may text[]"}},
	{"registers", "All registers.",
	 {"registers register_head[]"}},
	{"due_date", "A date or instant by which a record is to be in one of the states `met`, and the fields that name who answers for that.",
	 {"field text", "met text[]", "owner text[]"}},
	{"register", "A register with its fields. People know its records by their field `named_by`.",
	 {"name text", "title text", "about text", "prefix text", "kernel bool", "restricted bool", "keeps bool", "names_duty bool", "may text[]",
	  "named_by text?", "states text[]", "transitions transition[]", "due due_date[]", "fields field[]"}},
	{"related", "Records of a register that refer to a record by a field, or by a part of a list field: their list has this `filter`. Where `total` is not exact "
	 "there are at least so many, which may be none where no index finds them.",
	 {"register text", "title text", "field text", "part text?", "label text", "part_label text?", "filter text", "total int", "total_is_exact bool"}},
	{"related_list", "All fields by which records that the caller sees refer to one.",
	 {"related related[]"}},
	{"versions", "Versions of a record, oldest first.",
	 {"versions record[]"}},
	{"mark", "Characters (code points) of a snippet that are a word or the beginning of one that was searched for; `to` is not among them.",
	 {"from int", "to int"}},
	{"hit", "A record that has the words: its title, and a piece of the text in `field` where they stand, null where that is the name, key or title alone.",
	 {"id text", "register text", "key text", "title text?", "retired bool", "field text?", "snippet text?", "marks mark[]"}},
	{"duty_hit", "A duty of the plan that has the words: a piece of the text in `field` where they stand, null where that is its id or title alone.",
	 {"obligation text", "section text", "title text", "field text?", "snippet text?", "marks mark[]"}},
	{"search", "Duties and records, the best first; duties on the first page alone, and not of one register. Where `total` is not exact there are more, which were not ranked. Where it is not `up_to_date`, the last versions are still to be taken in.",
	 {"total int", "total_is_exact bool", "up_to_date bool", "duties duty_hit[]", "hits hit[]", "next text?"}},
	{"cell", "Where an obligation stands for an organisation in a period.",
	 {"id text", "obligation text", "organisation text?", "period text", "period_to text",
	  "state not_applicable|quiet|proven|waived|unproven|failing|missed",
	  "reason text?", "tested int", "failing int", "first_failed_at instant?",
	  "worst not_applicable|quiet|proven|waived|unproven|failing|missed",
	  "failed_hours int", "changed_at instant?", "proven_late_at instant?", "plan_hash text?"}},
	{"cells", "Cells, the organisations that have them, and when the last assessment was.",
	 {"assessed_at instant?", "organisations party[]", "cells cell[]"}},
	{"failure", "A record that fails an obligation's check, or did.",
	 {"id text", "obligation text", "record text", "register text", "key text?", "organisation text?",
	  "reason text?", "first_failed_at instant", "fixed_at instant?", "waiver text?"}},
	{"failures", "A page of failures. Where `total` is not exact there are at least so many; where it is `stopped` the page is short, and the next goes on.",
	 {"total int", "total_is_exact bool", "failures failure[]", "stopped bool", "next text?"}},
	{"party", "An organisation.",
	 {"key text", "name text?", "kind text?"}},
	{"tally", "Obligations of a section by their state for an organisation, how many records fail in all, since when the first does, and the worst state.",
	 {"section text", "organisation text", "states totals", "obligations int", "failing int", "first_failed_at instant?",
	  "worst not_applicable|quiet|proven|waived|unproven|failing|missed"}},
	{"posture", "The posture by section and organisation, with those that are in it, and when the last assessment was.",
	 {"assessed_at instant?", "sections section[]", "organisations party[]", "tallies tally[]"}},
	{"feed", "The last delivery of one source into one register, and how old it may get.",
	 {"register text", "source text", "delivered_at instant?", "age_days int", "max_age_days int"}},
	{"feeds", "All sources of an organisation.",
	 {"feeds feed[]"}},
	{"work", "A cell of an obligation that a role of the caller's owns, or a record that waits for his decision: the steps that he may take.",
	 {"kind failing|decision|due|unproven", "title text", "organisation text?", "obligation text?", "record text?", "register text?", "state text",
	  "reason text?", "failing int", "due text?", "since instant?", "steps text[]"}},
	{"work_totals", "How much there is of each kind.",
	 {"failing int", "decision int", "due int", "unproven int"}},
	{"work_list", "What there is to do, what fails longest first, then decisions, then what is due first. Where `decisions_are_all` does not hold there may be more of them.",
	 {"totals work_totals", "decisions_are_all bool", "work work[]"}},
	{"calendar_entry", "A duty at the end of its period, or a record at its date in `field`, which is called `label`. Where it is an instant `at` has it. It `stands` as its cell or "
	 "record does; null where there is no cell yet. Of a decision: the steps that the caller may take.",
	 {"kind duty|record|decision", "day text", "at instant?", "state met|due|late", "stands text?", "title text", "organisation text?", "obligation text?", "period text?",
	  "proven_late_at instant?", "record text?", "key text?", "register text?", "field text?", "label text?", "steps text[]"}},
	{"calendar", "What is due from a day to another, both included, in the plan's time zone, in which it is `today`. Where `leaves_out` holds so many records of one register are due on one day "
	 "that some are not told.",
	 {"from text", "to text", "today text", "leaves_out bool", "entries calendar_entry[]", "next text?"}},
	{"proof", "Proof that the leaf `index` stands in the tree of that size (RFC 6962), from the leaf upwards. The leaf is the hash of `entry`, canonical JSON of the version as it is kept.",
	 {"index int", "size int", "hashes text[]", "entry text"}},
	{"consistency", "Proof that a tree extends an earlier one (RFC 6962).",
	 {"from int", "to int", "hashes text[]"}},
	{"progress", "So much of so much is done; `of` is null when that is not known.",
	 {"done int", "of int?", "what text"}},
	{"job", "Long work. What it was asked and what came of it is told of one job alone, to whoever asked for it. `file` is the type of what can be fetched.",
	 {"id int", "kind import|export|assess", "state waiting|running|done|failed|cancelled", "cancelling bool", "register text?", "asked_by text",
	  "asked_at instant", "started_at instant?", "ended_at instant?", "progress progress?", "file text?",
	  "arguments+ object", "result+ object?", "problem+ object?"}},
	{"jobs", "Jobs, the newest first.",
	 {"jobs job[]"}},
	{"export_input", "What to write: as CSV or JSON lines, which records and fields, of one organisation or source, as it was at an instant.",
	 {"format+ text", "filter+ text", "fields+ text", "organisation+ text", "source+ text", "as_of+ text"}},
	{"assessment_input", "Whether to decide everything, and not only what changed; or the moment of the past to decide again.",
	 {"full+ bool", "as_of+ text"}},
	{"totals", "Cells by state.",
	 {"proven int", "failing int", "unproven int", "quiet int", "missed int", "waived int", "not_applicable int"}},
	{"assessment", "A run. When it was not `full`, so many obligations and records were decided again.",
	 {"at instant", "by text", "plan text", "full bool?", "obligations int?", "records int?", "totals totals", "failures_opened int", "failures_fixed int"}},
	{"assessments", "Runs, the newest first. `next` goes on, as `before`.",
	 {"assessments assessment[]", "next int?"}},
	{"first_input", "The link that the server or `holdfast user first-link` printed, and what the administrator is to be called.",
	 {"link text", "name text", "password text"}},
	{"credentials", "What signs in.",
	 {"name text", "password text"}},
	{"code_input", "Six digits of the authenticator, or where it says so a recovery code.",
	 {"code text"}},
	{"password_input", "One's own password.",
	 {"password text"}},
	{"new_password_input", "The password until now, and from now on.",
	 {"old text", "new text"}},
	{"signed_in", "What is still due after a step of signing in. The cookie comes with it.",
	 {"second_factor_due bool", "enrolment_due bool"}},
	{"held_role", "A role that somebody has now, at the organisation whose rows it is for.",
	 {"role text", "organisation text?"}},
	{"me", "Who asks, and the organisations whose rows that sees.",
	 {"name text", "person text?", "organisation text?", "administrator bool", "second_factor bool",
	  "second_factor_due bool", "enrolment_due bool", "roles held_role[]", "organisations text[]"}},
	{"enrolment", "The secret for an authenticator, and the same as a link for a QR code.",
	 {"secret text", "uri text"}},
	{"recovery", "Codes that are each good once. They are given this once; none where there are some already.",
	 {"recovery_codes text[]"}},
	{"key_descriptor", "A security key that one has, for the browser.",
	 {"type text", "id text"}},
	{"key_algorithm", "How a security key may sign (COSE).",
	 {"type text", "alg int"}},
	{"key_site", "Whom a security key is for.",
	 {"id text", "name text"}},
	{"key_user", "Whose it is. The `id` says nothing about him, and is always the same.",
	 {"id text", "name text", "displayName text"}},
	{"key_creation", "What the browser is to ask a new security key (PublicKeyCredentialCreationOptionsJSON).",
	 {"challenge text", "timeout int", "userVerification text", "attestation text", "rp key_site",
	  "user key_user", "pubKeyCredParams key_algorithm[]", "excludeCredentials key_descriptor[]"}},
	{"key_request", "What the browser is to ask one of those that there are (PublicKeyCredentialRequestOptionsJSON).",
	 {"challenge text", "timeout int", "userVerification text", "rpId text", "allowCredentials key_descriptor[]"}},
	{"key_input", "What a new security key is called, and its response: `clientDataJSON` and `attestationObject`, in base64url.",
	 {"name text", "client_data text", "attestation text"}},
	{"key_answer", "Which security key answered, and its response: `clientDataJSON`, `authenticatorData` and `signature`, in base64url.",
	 {"key text", "client_data text", "authenticator_data text", "signature text"}},
	{"key", "A security key.",
	 {"id text", "name text", "made_at instant", "used_at instant?"}},
	{"keys", "One's own security keys.",
	 {"keys key[]"}},
	{"session", "A session; `own` is the one that asks.",
	 {"id int", "made_at instant", "seen_at instant?", "second_factor bool", "own bool", "address text?", "agent text?"}},
	{"sessions", "One's own sessions.",
	 {"sessions session[]"}},
	{"token", "A token for programs, without its text.",
	 {"id int", "name text", "writes bool", "scim bool", "calendar bool", "made_at instant", "expires_at instant?", "used_at instant?", "revoked_at instant?"}},
	{"tokens", "One's own tokens.",
	 {"tokens token[]"}},
	{"token_input", "What a token is to be good for: so many days, to read or also to write, in all registers or some; or for the feed of a `calendar` alone.",
	 {"name text", "days int", "writes+ bool", "registers+ text[]?", "calendar+ bool"}},
	{"scim_token_input", "What a token for SCIM is called, and how many days it is good for.",
	 {"name text", "days int"}},
	{"scim_error", "A refusal, as SCIM has it.",
	 {"schemas text[]", "status text", "scimType+ text", "detail text"}},
	{"token_made", "A new token. Its text is given this once.",
	 {"id int", "token text", "expires_at instant"}},
	{"user", "A login.",
	 {"name text", "person text?", "external_id text?", "enabled bool", "administrator bool", "has_password bool",
	  "second_factor bool", "made_at instant"}},
	{"owner", "Somebody, or an organisation, that a login can be given to.",
	 {"id text", "register text", "key text", "title text?"}},
	{"owners", "A few of them, the best first.",
	 {"owners owner[]"}},
	{"users", "All logins.",
	 {"users user[]"}},
	{"user_input", "A login of a person, or of an organisation for its programs.",
	 {"name text", "person+ text", "organisation+ text", "administrator+ bool"}},
	{"user_change", "What is to be another.",
	 {"enabled+ bool", "administrator+ bool", "password+ text"}},
	{"provider", "Who else one can sign in by: the name for paths, and what people call it.",
	 {"name text", "label text"}},
	{"providers", "All providers.",
	 {"providers provider[]"}},
	{"identity", "An account at a provider that signs in here.",
	 {"id int", "issuer text", "subject text", "made_at instant", "used_at instant?"}},
	{"identities", "All accounts at providers of a login.",
	 {"identities identity[]"}},
	{"link_input", "The provider, and a path of this site where the browser goes afterwards.",
	 {"provider text", "return_to+ text"}},
	{"user_link_input", "The provider, and what it calls its user.",
	 {"provider text", "subject text"}},
	{"way", "Where the browser is to go. A cookie comes with it, which it must bring back.",
	 {"url text"}},
	{"ended", "How many sessions ended.",
	 {"ended int"}},
	{"page_error_input", "An error of a page: what, on which page, and where in the program. Texts that are too long are cut.",
	 {"message text", "page text", "source+ text", "line+ int", "stack+ text"}},
	{"problem", "What went wrong (RFC 9457). `type` is stable, for programs; `detail` is for people, and may change. "
	 "`field` is what was at fault, `instance` names the request, as the log does; `items` says which of many changes were refused.",
	 {"type text", "title text", "status int", "detail text", "field+ text", "items+ item_problem[]", "instance+ text"}},
	{"item_problem", "Why a change was refused; the first has the index 0.",
	 {"index int", "type text", "title text", "status int", "detail text", "field+ text"}},
	{"change", "A record to be made in a register; or one to be changed or retired, with the version that was read. Members of "
	 "`values` are those of the register's own `values_` schema.",
	 {"register+ text", "record+ text", "version+ int", "values+ object", "retire+ bool"}},
	{"changes_input", "Changes, in the order in which they are made: a record may refer to one that was made before it. A dry run only "
	 "tells whether they could be.",
	 {"changes change[]", "dry_run+ bool"}},
	{"change_result", "What came of a change. A dry run makes no record and no version, and what was retired has none.",
	 {"index int", "record text?", "version int?"}},
	{"changes_done", "What came of each change.",
	 {"dry_run bool", "results change_result[]"}},
};
/* clang-format on */

const char *
describe_name(struct describer *d, const char *format, ...)
{
	char name[NAME_SIZE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	return str_z(&d->scratch, str_of(name));
}

void
describe_text(struct describer *d, const char *name, const char *text)
{
	jw_key(&d->w, name);
	jw_text(&d->w, str_of(text));
}

void
describe_object(struct describer *d, const char *name)
{
	jw_key(&d->w, name);
	jw_object(&d->w);
}

void
describe_list(struct describer *d, const char *name)
{
	jw_key(&d->w, name);
	jw_array(&d->w);
}

void
describe_ref(struct describer *d, const char *kind, const char *name)
{
	describe_text(d, "$ref", describe_name(d, "#/components/%s/%s", kind, name));
}

void
describe_media(struct describer *d, const char *type)
{
	describe_object(d, type);
	describe_object(d, "schema");
}

void
describe_media_end(struct describer *d)
{
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

void
describe_content(struct describer *d, const char *type)
{
	describe_object(d, "content");
	describe_media(d, type);
}

void
describe_content_end(struct describer *d)
{
	describe_media_end(d);
	jw_end_object(&d->w);
}

void
describe_type(struct describer *d, const char *type, bool nullable)
{
	if (!nullable) {
		describe_text(d, "type", type);
		return;
	}
	jw_key(&d->w, "type");
	jw_array(&d->w);
	jw_text(&d->w, str_of(type));
	jw_text(&d->w, str_of("null"));
	jw_end_array(&d->w);
}

void
describe_instant(struct describer *d, bool nullable)
{
	describe_type(d, "string", nullable);
	describe_text(d, "format", "date-time");
}

static void
schema_ref(struct describer *d, const char *schema, bool nullable)
{
	if (!nullable) {
		describe_ref(d, "schemas", schema);
		return;
	}
	describe_list(d, "anyOf");
	describe_word(d, str_of(schema));
	describe_word(d, str_of("null"));
	jw_end_array(&d->w);
}

static void
choice(struct describer *d, struct str words)
{
	describe_type(d, "string", false);
	describe_list(d, "enum");
	while (words.ptr)
		jw_text(&d->w, str_cut(&words, '|'));
	jw_end_array(&d->w);
}

static bool
ends_with(struct str *type, const char *end)
{
	struct str last = str_of(end);

	if (type->len <= last.len ||
	    !str_is((struct str){type->ptr + type->len - last.len, last.len}, end))
		return false;
	type->len -= last.len;
	return true;
}

static void
one_word(struct describer *d, struct str type, bool nullable)
{
	if (str_is(type, "text"))
		describe_type(d, "string", nullable);
	else if (str_is(type, "int"))
		describe_type(d, "integer", nullable);
	else if (str_is(type, "bool"))
		describe_type(d, "boolean", nullable);
	else if (str_is(type, "object"))
		describe_type(d, "object", nullable);
	else if (str_is(type, "instant"))
		describe_instant(d, nullable);
	else if (str_is(type, "null"))
		describe_type(d, "null", false);
	else if (memchr(type.ptr, '|', type.len))
		choice(d, type);
	else
		schema_ref(d, str_z(&d->scratch, type), nullable);
}

void
describe_word(struct describer *d, struct str type)
{
	bool nullable = ends_with(&type, "?");

	jw_object(&d->w);
	if (ends_with(&type, "[]")) {
		describe_type(d, "array", nullable);
		jw_key(&d->w, "items");
		describe_word(d, type);
	} else {
		one_word(d, type, nullable);
	}
	jw_end_object(&d->w);
}

void
describe_header(struct describer *d, const char *name, const char *about, bool always)
{
	describe_object(d, name);
	describe_text(d, "description", about);
	jw_key_bool(&d->w, "required", always);
	jw_key(&d->w, "schema");
	describe_word(d, str_of("text"));
	jw_end_object(&d->w);
}

/* The name in "name type", whether it is always there, and the type. */
static bool
member_take(const char *text, struct str *ret_name, struct str *ret_type)
{
	struct str name;

	*ret_type = str_of(text);
	name = str_cut(ret_type, ' ');
	*ret_name = name;
	return !ends_with(ret_name, "+");
}

void
describe_members(struct describer *d, const char *const *members, size_t count)
{
	struct str name;
	struct str type;

	describe_type(d, "object", false);
	jw_key(&d->w, "additionalProperties");
	jw_bool(&d->w, false);
	describe_list(d, "required");
	for (size_t i = 0; i < count; i++) {
		if (member_take(members[i], &name, &type))
			jw_text(&d->w, name);
	}
	jw_end_array(&d->w);
	describe_object(d, "properties");
	for (size_t i = 0; i < count; i++) {
		(void)member_take(members[i], &name, &type);
		jw_key(&d->w, str_z(&d->scratch, name));
		describe_word(d, type);
	}
}

static void
schema_write(struct describer *d, const struct schema *s)
{
	size_t count = 0;

	while (count < MEMBERS && s->members[count])
		count++;
	describe_object(d, s->name);
	describe_text(d, "description", s->about);
	describe_members(d, s->members, count);
	jw_end_object(&d->w);
	jw_end_object(&d->w);
}

static const struct schema *
schema_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(schemas); i++) {
		if (strcmp(schemas[i].name, name) == 0)
			return &schemas[i];
	}
	return NULL;
}

static bool
is_object(struct str type)
{
	for (size_t i = 0; i < COUNT_OF(schemas); i++) {
		if (str_is(type, schemas[i].name))
			return true;
	}
	return str_is(type, "object");
}

static bool
is_of_type(const json_t *json, struct str type)
{
	if (ends_with(&type, "?") && json_is_null(json))
		return true;
	if (ends_with(&type, "[]")) {
		bool good = json_is_array(json);

		for (size_t i = 0; good && i < json_array_size(json); i++)
			good = is_of_type(json_array_get(json, i), type);
		return good;
	}
	if (str_is(type, "int"))
		return json_is_integer(json);
	if (str_is(type, "bool"))
		return json_is_boolean(json);
	/* Whoever takes it looks at its members. */
	return is_object(type) ? json_is_object(json) : json_is_string(json);
}

static const char *
kind_word(struct str type)
{
	(void)ends_with(&type, "?");
	if (ends_with(&type, "[]"))
		return is_object(type) ? "a list of objects" : "a list of texts";
	if (is_object(type))
		return "an object";
	if (str_is(type, "int"))
		return "a whole number";
	return str_is(type, "bool") ? "true or false" : "a text";
}

enum err_code
call_check_members(struct call *c, const char *schema, const json_t *json, struct err *e)
{
	const struct schema *s = schema_find(schema);
	size_t known = 0;
	struct str name;
	struct str type;

	for (size_t i = 0; s && i < MEMBERS && s->members[i]; i++) {
		bool always = member_take(s->members[i], &name, &type);
		const char *key = str_z(c->r->arena, name);
		const json_t *member = json_object_get(json, key);

		if (member ? !is_of_type(member, type) : always)
			return err_set(e, ERR_INVALID, key, "'%s' must be %s", key,
				       kind_word(type));
		known += member != NULL;
	}
	if (s && known != json_object_size(json))
		return err_set(e, ERR_INVALID, "", "there is a member that is none of '%s'",
			       s->name);
	return ERR_NONE;
}

void
describe_schemas(struct describer *d)
{
	for (size_t i = 0; i < COUNT_OF(schemas); i++)
		schema_write(d, &schemas[i]);
	describe_records(d);
}
