#include "record/writer.h"

#include <string.h>

/* What the store keeps beside registers and ledger. */

static const struct column meta_columns[] = {
	{"name",	 COLUMN_TEXT, true},
	     {"value", COLUMN_TEXT, true}
};
static const struct column shape_columns[] = {
	{"name",	 COLUMN_TEXT, true},
	     {"shape", COLUMN_TEXT, true}
};
static const struct column actor_columns[] = {
	{"id",   COLUMN_INT,  true},
	  {"name", COLUMN_TEXT, true}
};
static const struct column counter_columns[] = {
	{"id",   COLUMN_INT, true},
	  {"next", COLUMN_INT, true}
};
static const struct column event_columns[] = {
	{"id",     COLUMN_INT,  true},
	     {"kind",   COLUMN_TEXT, true},
	    {"at",	   COLUMN_INT,  true},
	{"actor",  COLUMN_INT,  true},
	     {"detail", COLUMN_TEXT, true},
	    {"leaf",   COLUMN_INT,	 true}
};
static const struct column login_columns[] = {
	{"name",		 COLUMN_TEXT, true },
	{"person",	   COLUMN_INT,  false},
	{"password",	     COLUMN_TEXT, false},
	{"enabled",	    COLUMN_INT,	true },
	{"made_at",	    COLUMN_INT,	true },
 /* Those that are there get theirs from migration. */
	{"id",	       COLUMN_INT,  false},
	{"organisation",	 COLUMN_INT,  false},
	{"administrator", COLUMN_INT,  false},
	{"external_id",	COLUMN_TEXT, false},
	{"renamed",	    COLUMN_INT,	false},
};
static const struct column login_session_columns[] = {
	{"hash",	 COLUMN_TEXT, true }, /* of what the browser holds */
	{"id",	       COLUMN_INT,  true },
	{"login",	  COLUMN_INT,  true },
	{"made_at",   COLUMN_INT,	true },
	{"seen_at",   COLUMN_INT,	true },
	{"proven_at", COLUMN_INT,  true },
	{"factor_at", COLUMN_INT,  false}, /* when the second factor was given */
	{"address",   COLUMN_TEXT, true },
	{"agent",	  COLUMN_TEXT, true },
};
static const struct column login_failure_columns[] = {
	{"subject", COLUMN_TEXT, true}, /* a login or an address */
	{"count",	  COLUMN_INT,  true},
	{"last_at", COLUMN_INT,	true},
	{"until",	  COLUMN_INT,  true},
};
static const struct column login_totp_columns[] = {
	{"login",	  COLUMN_INT,  true },
	{"secret",  COLUMN_BLOB, false}, /* sealed; none before it was confirmed */
	{"pending", COLUMN_BLOB, false},
	{"step",	 COLUMN_INT,  true }, /* the last that was used */
};
static const struct column login_code_columns[] = {
	{"login", COLUMN_INT,  true},
	{"hash",	 COLUMN_TEXT, true},
};
static const struct column login_token_columns[] = {
	{"id",	       COLUMN_INT,  true },
	{"hash",	 COLUMN_TEXT, true },
	{"login",	  COLUMN_INT,  true },
	{"name",	 COLUMN_TEXT, true },
	{"writes",	   COLUMN_INT,  true },
	{"registers",  COLUMN_TEXT, false}, /* a JSON list; none: all of them */
	{"factor",	   COLUMN_INT,  true },
	{"made_at",    COLUMN_INT,	true },
	{"expires_at", COLUMN_INT,  true },
	{"used_at",    COLUMN_INT,	false},
	{"revoked_at", COLUMN_INT,  false},
	{"refused_at", COLUMN_INT,  false},
	{"scim",	 COLUMN_INT,  false}, /* for SCIM, and for nothing else */
	{"calendar",   COLUMN_INT,	 false}, /* likewise */
};
/* What a directory says of a login. */
static const struct column login_directory_columns[] = {
	{"login",	  COLUMN_INT,  true },
	{"user_name",    COLUMN_TEXT, true }, /* as it is spelt there */
	{"folded",	   COLUMN_TEXT, true }, /* without regard to case */
	{"profile",	    COLUMN_TEXT, false}, /* JSON */
	{"changed_at",   COLUMN_INT,  true },
	{"withdrawn_at", COLUMN_INT,  false},
};
/* Names that logins had before: none gets them again. */
static const struct column login_past_name_columns[] = {
	{"name",	 COLUMN_TEXT, true},
	{"login", COLUMN_INT,  true},
};
static const struct column login_key_columns[] = {
	{"id",      COLUMN_TEXT, true }, /* base64url */
	{"login",	  COLUMN_INT,  true },
	     {"public",	COLUMN_BLOB, true },
	    {"count",   COLUMN_INT,  true },
	{"name",	 COLUMN_TEXT, true },
	     {"made_at", COLUMN_INT,  true },
	    {"used_at", COLUMN_INT,  false},
};
static const struct column login_challenge_columns[] = {
	{"session",    COLUMN_INT,	true},
	{"purpose",    COLUMN_TEXT, true},
	{"challenge",  COLUMN_TEXT, true},
	{"expires_at", COLUMN_INT,  true},
};
/* What a provider calls the owner of a login. */
static const struct column login_identity_columns[] = {
	{"issuer",  COLUMN_TEXT, true },
	       {"subject", COLUMN_TEXT, true },
	{"id",      COLUMN_INT,  true },
	       {"login",	 COLUMN_INT,  true },
	{"made_at", COLUMN_INT,	true },
	       {"used_at", COLUMN_INT,  false},
};
static const struct column login_link_columns[] = {
	{"hash",	 COLUMN_TEXT, true},
	{"made_at",    COLUMN_INT,	true},
	{"expires_at", COLUMN_INT,  true},
};
/* What was answered to a change, for whoever asks for the same again with the same key. */
static const struct column kept_reply_columns[] = {
	{"hash",	 COLUMN_TEXT, true }, /* of who asked, and the key */
	{"request",  COLUMN_TEXT, true }, /* hash of what was asked */
	{"made_at",  COLUMN_INT,	true },
	  {"status",   COLUMN_INT,	 true },
	{"record",   COLUMN_INT,  true }, /* that it tells; 0: none */
	{"location", COLUMN_TEXT, false},
	  {"tag",	  COLUMN_TEXT, false},
	{"body",	 COLUMN_TEXT, true },
};
static const struct column check_table_columns[] = {
	{"obligation", COLUMN_TEXT, true},
	   {"name",	    COLUMN_TEXT, true}
};
static const struct column plan_version_columns[] = {
	{"hash",	 COLUMN_TEXT, true},
	{"name",	 COLUMN_TEXT, true},
	{"version", COLUMN_TEXT, true},
	{"kept_at", COLUMN_INT,	true},
};
static const struct column plan_file_columns[] = {
	{"hash",	 COLUMN_TEXT, true},
	{"path",	 COLUMN_TEXT, true},
	{"bytes", COLUMN_BLOB, true},
};
/* What the last assessment decided, and on what: derived, and made anew by a full one. */
static const struct column assessed_duty_columns[] = {
	{"obligation", COLUMN_TEXT, true},
	   {"erred",	     COLUMN_INT,	 true},
	{"horizon",    COLUMN_INT,	true},
	   {"open",	    COLUMN_INT,	true},
	{"ns",	       COLUMN_INT,  true},
	   {"inputs",     COLUMN_TEXT, true},
	{"totals",	   COLUMN_TEXT, true},
};
static const struct column assessed_tested_columns[] = {
	{"obligation",   COLUMN_TEXT, true},
	{"organisation", COLUMN_INT,  true},
	{"tested",	   COLUMN_INT,  true},
};
static const struct column assessed_scope_columns[] = {
	{"obligation", COLUMN_TEXT, true},
	{"chunk",	  COLUMN_INT,  true},
	{"bits",	 COLUMN_BLOB, true},
};
static const struct column job_columns[] = {
	{"id",	       COLUMN_INT,  true },
	   {"kind",	    COLUMN_TEXT, true },
	{"state",	  COLUMN_TEXT, true },
	   {"login",	     COLUMN_INT,	 true },
	{"token",	  COLUMN_INT,  false},
	   {"factor",	      COLUMN_INT,  true },
	{"actor",	  COLUMN_TEXT, true },
	   {"register_name", COLUMN_TEXT, false},
	{"arguments",     COLUMN_TEXT, true },
	   {"asked_at",	COLUMN_INT,  true },
	{"started_at",    COLUMN_INT,  false},
	   {"ended_at",	COLUMN_INT,  false},
	{"owner",	  COLUMN_INT,  false}, /* the process that runs it */
	{"tries",	  COLUMN_INT,  true },
	   {"cancelled_by",  COLUMN_TEXT, false},
	{"result",	   COLUMN_TEXT, false},
	   {"problem",       COLUMN_TEXT, false},
	{"media",	  COLUMN_TEXT, false}, /* of what can be fetched */
	{"rights",	   COLUMN_TEXT, false},
};
/* Written now and then while it runs, beside its transactions. */
static const struct column job_pulse_columns[] = {
	{"job",	COLUMN_INT,  true},
	    {"owner", COLUMN_INT,  true},
	 {"lease", COLUMN_INT,  true},
	{"done",	 COLUMN_INT,  true},
	    {"total", COLUMN_INT,  true},
	 {"what",  COLUMN_TEXT, true},
};
/* Files of jobs, in pieces. */
static const struct column job_part_columns[] = {
	{"job",	COLUMN_INT,  true},
	{"side",	 COLUMN_INT,  true},
	{"pos",	COLUMN_INT,  true},
	{"bytes", COLUMN_BLOB, true},
};
static const struct index job_indexes[] = {
	{.name = "job_login_index", .columns = "login"},
	{.name = "job_state_index", .columns = "state"},
};
static const struct index actor_indexes[] = {
	{.name = "actor_name_index", .columns = "name", .unique = true}
};

static const struct index login_indexes[] = {
	{.name = "login_id_index", .columns = "id", .unique = true},
	{.name = "login_external_index",			 .columns = "external_id"	 },
};
static const struct index login_session_indexes[] = {
	{.name = "login_session_id_index", .columns = "id", .unique = true},
	{.name = "login_session_login_index",				      .columns = "login"		},
};
static const struct index login_failure_indexes[] = {
	{.name = "login_failure_last_index", .columns = "last_at"},
};
static const struct index kept_reply_indexes[] = {
	{.name = "kept_reply_made_index", .columns = "made_at"},
};
static const struct index login_directory_indexes[] = {
	{.name = "login_directory_folded_index", .columns = "folded"},
};
static const struct index login_past_name_indexes[] = {
	{.name = "login_past_name_login_index", .columns = "login"},
};
static const struct index login_key_indexes[] = {
	{.name = "login_key_login_index", .columns = "login"},
};
static const struct index login_identity_indexes[] = {
	{.name = "login_identity_id_index",    .columns = "id",	     .unique = true},
	{.name = "login_identity_login_index", .columns = "login, issuer", .unique = true},
};
static const struct index login_token_indexes[] = {
	{.name = "login_token_hash_index", .columns = "hash", .unique = true},
	{.name = "login_token_login_index",				    .columns = "login"		      },
};

#define COLUMNS(list) .columns = (list), .column_count = COUNT_OF(list)

const struct table kernel_tables[] = {
	{.name = "meta",				   COLUMNS(meta_columns), .primary_key = "name",			       .clustered = true},
	{.name = "kept_reply",
	 COLUMNS(kept_reply_columns),
	 .primary_key = "hash",
	 .clustered = true,
	 .indexes = kept_reply_indexes,
	 .index_count = COUNT_OF(kept_reply_indexes)},
	{.name = "register_shape",
	 COLUMNS(shape_columns),
	 .primary_key = "name",
	 .clustered = true},
	{.name = "actor",
	 COLUMNS(actor_columns),
	 .primary_key = "id",
	 .guard = GUARD_APPEND_ONLY,
	 .indexes = actor_indexes,
	 .index_count = COUNT_OF(actor_indexes)},
	{.name = "counter",			    COLUMNS(counter_columns),						      .primary_key = "id"									       },
	{.name = "event",  COLUMNS(event_columns),.primary_key = "id",.guard = GUARD_APPEND_ONLY},
 /* Which tables each check reads, as found when it was prepared. */
	{.name = "check_table",
	 COLUMNS(check_table_columns),
	 .primary_key = "obligation, name",
	 .clustered = true},
	{.name = "plan_version",
	 COLUMNS(plan_version_columns),
	 .primary_key = "hash",
	 .clustered = true,
	 .guard = GUARD_APPEND_ONLY},
	{.name = "plan_file",
	 COLUMNS(plan_file_columns),
	 .primary_key = "hash, path",
	 .clustered = true,
	 .guard = GUARD_APPEND_ONLY},
	{.name = "assessed_duty",
	 COLUMNS(assessed_duty_columns),
	 .primary_key = "obligation",
	 .clustered = true},
	{.name = "assessed_tested",
	 COLUMNS(assessed_tested_columns),
	 .primary_key = "obligation, organisation",
	 .clustered = true},
	{.name = "assessed_scope",
	 COLUMNS(assessed_scope_columns),
	 .primary_key = "obligation, chunk",
	 .clustered = true},
	{.name = "login",
	 COLUMNS(login_columns),
	 .primary_key = "name",
	 .clustered = true,
	 .indexes = login_indexes,
	 .index_count = COUNT_OF(login_indexes)},
	{.name = "login_session",
	 COLUMNS(login_session_columns),
	 .primary_key = "hash",
	 .clustered = true,
	 .indexes = login_session_indexes,
	 .index_count = COUNT_OF(login_session_indexes)},
	{.name = "login_failure",
	 COLUMNS(login_failure_columns),
	 .primary_key = "subject",
	 .clustered = true,
	 .indexes = login_failure_indexes,
	 .index_count = COUNT_OF(login_failure_indexes)},
	{.name = "login_totp",				COLUMNS(login_totp_columns),					    .primary_key = "login"									  },
	{.name = "login_code",
	 COLUMNS(login_code_columns),
	 .primary_key = "login, hash",
	 .clustered = true},
	{.name = "login_token",
	 COLUMNS(login_token_columns),
	 .primary_key = "id",
	 .indexes = login_token_indexes,
	 .index_count = COUNT_OF(login_token_indexes)},
	{.name = "login_directory",
	 COLUMNS(login_directory_columns),
	 .primary_key = "login",
	 .indexes = login_directory_indexes,
	 .index_count = COUNT_OF(login_directory_indexes)},
	{.name = "login_past_name",
	 COLUMNS(login_past_name_columns),
	 .primary_key = "name",
	 .clustered = true,
	 .indexes = login_past_name_indexes,
	 .index_count = COUNT_OF(login_past_name_indexes)},
	{.name = "login_key",
	 COLUMNS(login_key_columns),
	 .primary_key = "id",
	 .clustered = true,
	 .indexes = login_key_indexes,
	 .index_count = COUNT_OF(login_key_indexes)},
	{.name = "login_challenge",
	 COLUMNS(login_challenge_columns),
	 .primary_key = "session, purpose",
	 .clustered = true},
	{.name = "login_identity",
	 COLUMNS(login_identity_columns),
	 .primary_key = "issuer, subject",
	 .clustered = true,
	 .indexes = login_identity_indexes,
	 .index_count = COUNT_OF(login_identity_indexes)},
	{.name = "login_link",
	 COLUMNS(login_link_columns),
	 .primary_key = "hash",
	 .clustered = true},
	{.name = "job",
	 COLUMNS(job_columns),
	 .primary_key = "id",
	 .indexes = job_indexes,
	 .index_count = COUNT_OF(job_indexes)},
	{.name = "job_pulse",						COLUMNS(job_pulse_columns),						  .primary_key = "job"										      },
	{.name = "job_part",
	 COLUMNS(job_part_columns),
	 .primary_key = "job, side, pos",
	 .clustered = true},
};
const size_t kernel_table_count = COUNT_OF(kernel_tables);

/* Those that were not there from the first format on. */
static const struct {
	const char *name;
	int since;
} later[] = {
	{"plan_version",	 2},
	{"plan_file",	      2},
	       {"assessed_duty",	 3},
	{"assessed_tested", 3},
	{"assessed_scope",  3},
	       {"login_session",	 4},
	{"login_failure",	  4},
	{"login_totp",      4},
	       {"login_code",      4},
	{"login_token",	4},
	{"login_link",      4},
	       {"login_key",	     5},
	{"login_challenge", 5},
	{"kept_reply",      6},
	       {"login_directory", 7},
	{"login_past_name", 7},
	{"login_identity",  8},
	       {"job",	       9},
	{"job_pulse",	      9},
	{"job_part",	     9},
};

int
kernel_table_since(const struct table *t)
{
	for (size_t i = 0; i < COUNT_OF(later); i++) {
		if (strcmp(later[i].name, t->name) == 0)
			return later[i].since;
	}
	return 1;
}
