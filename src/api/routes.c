#include "api/routes.h"

#include "base/arena.h"
#include "base/limits.h"

/* clang-format would put each row on a dozen lines. */
/* clang-format off */
#define REGISTER {"register", IN_PATH, "name of a register, as account"}
#define RECORD {"record", IN_PATH, "a record, as ACC-1042"}
#define VERSION {"version int", IN_QUERY, "which version; the first unless said"}
#define SCIM "/scim/v2"
#define SCIM_ID {"id", IN_PATH, "its id"}
#define SCIM_LIST \
	{"filter", IN_QUERY, "as userName eq \"ann\""}, \
	{"startIndex int", IN_QUERY, "the first one, from 1"}, \
	{"count int", IN_QUERY, "how many at most"}
#define SCIM_SHOWN \
	{"attributes", IN_QUERY, "names of those that are wanted, parted by commas"}, \
	{"excludedAttributes", IN_QUERY, "names of those that are not"}
#define USER {"user", IN_PATH, "name of a login"}
#define AS_OF {"as_of", IN_QUERY, "as it was recorded then: an instant, as 2026-03-01T12:00:00Z, or the end of a day, as 2026-03-01"}
#define PROVIDER {"provider", IN_PATH, "name of a provider"}
#define IDENTITY {"identity int", IN_PATH, "number of a link"}
#define JOB {"job int", IN_PATH, "its number"}
#define OF_OBLIGATION {"obligation", IN_QUERY, "only of this one"}
#define OF_ORGANISATION {"organisation", IN_QUERY, "only of the organisation with this key"}
#define PERIOD {"period", IN_QUERY, "the periods that hold the end of this month, as 2026-03; those of today unless said"}
#define SCOPE {"scope mine|all", IN_QUERY, "`all`: everything that the caller may see, and not only what is for him to do"}
#define PAGE \
	{"limit int", IN_QUERY, "rows on a page, from 1 to 500; 50 unless said"}, \
	{"after", IN_QUERY, "the cursor of the page before: its member `next`"}
#define LIST \
	{"filter", IN_QUERY, "terms that must all hold, as state=active kind=user,service"}, \
	{"sort", IN_QUERY, "fields to sort by, as kind,-created_at"}, \
	{"fields", IN_QUERY, "what to give of each record, as key,state"}, \
	{"skip int", IN_QUERY, "instead of `after`, the records before the page, where a page of the list says `places`; its total is exact"}, \
	PAGE

const struct api_route api_table[] = {
	{HTTP_GET, "/{page...}", NEEDS_NOTHING, false, pages_show, .reply = "file"},
	{HTTP_GET, "/healthz", NEEDS_NOTHING, false, health_live,
	 .group = "health", .name = "live", .about = "Whether the process answers.",
	 .reply = "text"},
	{HTTP_GET, "/readyz", NEEDS_STORE, false, health_ready,
	 .group = "health", .name = "ready", .about = "Whether it can do its work.",
	 .reply = "text"},
	{HTTP_GET, "/metrics", NEEDS_NOTHING, false, health_metrics,
	 .group = "health", .name = "metrics", .about = "Numbers for Prometheus.",
	 .reply = "text"},
	{HTTP_GET, "/api/v1/openapi.json", NEEDS_NOTHING, false, openapi_show,
	 .group = "health", .name = "openapi", .about = "This description.",
	 .reply = "object", .tagged = true},
	{HTTP_POST, "/api/v1/browser-errors", NEEDS_READ, true, pages_failed,
	 .group = "health", .name = "reportError", .about = "Puts an error of a page into the server's log.",
	 .takes = "page_error_input"},
	{HTTP_GET, "/api/v1/registers", NEEDS_READ, false, registers_list,
	 .group = "registers", .name = "registers", .about = "All registers.",
	 .reply = "registers",
	 .parameters = {AS_OF}},
	{HTTP_GET, "/api/v1/registers/{register}", NEEDS_READ, false, registers_show,
	 .group = "registers", .name = "register", .about = "One register with its fields, states and transitions.",
	 .reply = "register",
	 .parameters = {REGISTER, AS_OF}},
	{HTTP_GET, "/api/v1/registers/{register}/records", NEEDS_READ, false, records_list,
	 .group = "records", .name = "records", .about = "A page of a register's records.",
	 .reply = "page",
	 .parameters = {REGISTER, LIST, AS_OF}},
	{HTTP_GET, "/api/v1/records/{record}", NEEDS_READ, false, records_show,
	 .group = "records", .name = "record", .about = "One record.",
	 .reply = "record", .tagged = true,
	 .parameters = {RECORD, {"fields", IN_QUERY, "what to give of it, as key,state"}, AS_OF}},
	{HTTP_POST, "/api/v1/registers/{register}/records", NEEDS_WRITE, false, records_make,
	 .group = "records", .name = "makeRecord", .about = "Makes a record.",
	 .reply = "record", .takes = "values", .status = 201, .tagged = true, .keyed = true, .parameters = {REGISTER}},
	{HTTP_POST, "/api/v1/changes", NEEDS_WRITE, false, records_bulk,
	 .group = "records", .name = "makeChanges", .about = "Makes, changes and retires many records, all or none.",
	 .reply = "changes_done", .takes = "changes_input", .keyed = true},
	{HTTP_PATCH, "/api/v1/records/{record}", NEEDS_WRITE, false, records_change,
	 .group = "records", .name = "changeRecord", .about = "Changes what is named of a record, its state too.",
	 .reply = "record", .takes = "values", .tagged = true, .keyed = true, .parameters = {RECORD}},
	{HTTP_DELETE, "/api/v1/records/{record}", NEEDS_WRITE, false, records_retire,
	 .group = "records", .name = "retireRecord", .about = "Takes a record out of the current ones; its versions stay.",
	 .tagged = true, .keyed = true, .parameters = {RECORD}},
	{HTTP_GET, "/api/v1/records/{record}/history", NEEDS_READ, false, records_history,
	 .group = "records", .name = "history", .about = "All versions of a record, oldest first.",
	 .reply = "versions",
	 .parameters = {RECORD, AS_OF}},
	{HTTP_GET, "/api/v1/records/{record}/related", NEEDS_READ, false, records_related, .ponders = true,
	 .group = "records", .name = "related", .about = "The fields of all registers by which records refer to a record, and how many do.",
	 .reply = "related_list",
	 .parameters = {RECORD, AS_OF}},
	{HTTP_GET, "/api/v1/records/{record}/transitions", NEEDS_READ, false, records_steps,
	 .group = "records", .name = "steps", .about = "Which steps the caller may take with a record now.",
	 .reply = "steps",
	 .parameters = {RECORD}},
	{HTTP_GET, "/api/v1/records/{record}/proof", NEEDS_READ, false, ledger_inclusion,
	 .group = "ledger", .name = "inclusion", .about = "Proof that a version of a record stands in the ledger.",
	 .reply = "proof",
	 .parameters = {RECORD, VERSION, {"size int", IN_QUERY, "size of the tree; the newest unless said"}}},
	{HTTP_GET, "/api/v1/records/{record}/receipt", NEEDS_READ, false, ledger_receipt,
	 .group = "ledger", .name = "receipt", .about = "The same with the newest signed head, as a C2SP tlog-proof to be kept elsewhere.",
	 .reply = "text", .parameters = {RECORD, VERSION}},
	{HTTP_GET, "/api/v1/records/{record}/entry", NEEDS_READ, false, ledger_entry,
	 .group = "ledger", .name = "entry", .about = "The entry of a version in the ledger, byte by byte as it was hashed.",
	 .reply = "object", .parameters = {RECORD, VERSION}},
	{HTTP_GET, "/api/v1/search", NEEDS_READ, false, search_show,
	 .group = "records", .name = "search", .about = "Duties of the plan, and records of all registers, by words of their names, keys and texts, the best first.",
	 .reply = "search",
	 .parameters = {{"q", IN_QUERY, "words that must all be there, as they are or as the beginnings of others"}, {"register", IN_QUERY, "only of this register"}, {"retired bool", IN_QUERY, "`true`: those too that are not current any more"}, {"limit int", IN_QUERY, "records on a page, from 1 to 50; 20 unless said"}, {"after", IN_QUERY, "the cursor of the page before: its member `next`"}}},
	{HTTP_GET, "/api/v1/plan", NEEDS_READ, false, plan_show,
	 .group = "plan", .name = "plan", .about = "The plan that is in force.",
	 .reply = "plan",
	 .parameters = {AS_OF}},
	{HTTP_GET, "/api/v1/plan/sections", NEEDS_READ, false, plan_sections,
	 .group = "plan", .name = "sections", .about = "Its sections.",
	 .reply = "sections",
	 .parameters = {AS_OF}},
	{HTTP_GET, "/api/v1/plan/roles", NEEDS_READ, false, plan_roles,
	 .group = "plan", .name = "roles", .about = "Its roles.",
	 .reply = "roles",
	 .parameters = {AS_OF}},
	{HTTP_GET, "/api/v1/plan/parameters", NEEDS_READ, false, plan_parameters,
	 .group = "plan", .name = "parameters", .about = "Its figures.",
	 .reply = "parameters",
	 .parameters = {AS_OF}},
	{HTTP_GET, "/api/v1/plan/versions", NEEDS_READ, false, plan_versions,
	 .group = "plan", .name = "planVersions", .about = "The plans that were taken in, the newest first.",
	 .reply = "plan_versions",
	 .parameters = {{"before int", IN_QUERY, "the member `next` of the page before"}}},
	{HTTP_GET, "/api/v1/plan/obligations", NEEDS_READ, false, plan_obligations,
	 .group = "plan", .name = "obligations", .about = "Its obligations, of all sections or one.",
	 .reply = "obligations",
	 .parameters = {{"section", IN_QUERY, "number of a section, as 6.5"}, AS_OF}},
	{HTTP_GET, "/api/v1/plan/obligations/{obligation}", NEEDS_READ, false, plan_obligation,
	 .group = "plan", .name = "obligation", .about = "One obligation.",
	 .reply = "obligation",
	 .parameters = {{"obligation", IN_PATH, "its id, as 6.5-c"}, AS_OF}},
	{HTTP_GET, "/api/v1/posture", NEEDS_READ, false, posture_show,
	 .group = "posture", .name = "posture", .about = "How many obligations of each section stand how, for each organisation.",
	 .reply = "posture",
	 .parameters = {{"section", IN_QUERY, "only of this one, as 6.5"}, OF_ORGANISATION, PERIOD, AS_OF}},
	{HTTP_GET, "/api/v1/cells", NEEDS_READ, false, posture_show_cells,
	 .group = "posture", .name = "cells", .about = "Where each obligation stands for each organisation.",
	 .reply = "cells",
	 .parameters = {OF_OBLIGATION, {"section", IN_QUERY, "only of this one, as 6.5"}, OF_ORGANISATION,
			{"state not_applicable|quiet|proven|waived|unproven|failing|missed", IN_QUERY, "only those in this state"},
			{"periods current|all", IN_QUERY, "`all`: past periods too"}, PERIOD, AS_OF}},
	{HTTP_GET, "/api/v1/failures", NEEDS_READ, false, posture_show_failures,
	 .group = "posture", .name = "failures", .about = "Which records fail, why and since when.",
	 .reply = "failures",
	 .parameters = {OF_OBLIGATION, OF_ORGANISATION, {"record", IN_QUERY, "only this one's, as ACC-1042"},
			{"order newest|oldest", IN_QUERY, "which come first; the newest unless said"}, PAGE, {"fixed bool", IN_QUERY, "`true`: those too that were put right"}, {"waived bool", IN_QUERY, "`true`: those too that a waiver tolerates"}, AS_OF}},
	{HTTP_GET, "/api/v1/feeds", NEEDS_READ, false, posture_show_feeds,
	 .group = "posture", .name = "feeds", .about = "The last delivery of each source of an organisation.",
	 .reply = "feeds",
	 .parameters = {{"organisation", IN_QUERY, "key of the organisation"}, AS_OF}},
	{HTTP_GET, "/api/v1/work", NEEDS_READ, false, work_show,
	 .group = "posture", .name = "work", .about = "What there is to do for the caller: what his roles own and is not proven, and what waits for his decision.",
	 .reply = "work_list", .ponders = true,
	 .parameters = {{"kind failing|decision|due|unproven", IN_QUERY, "only of this kind"},
			{"days int", IN_QUERY, "what is unproven is due when its period ends within so many days, from 0 to 366; 14 unless said"},
			{"limit int", IN_QUERY, "rows at most, from 1 to 500; 100 unless said"}}},
	{HTTP_GET, "/api/v1/calendar", NEEDS_READ, false, work_calendar,
	 .group = "posture", .name = "calendar", .about = "What is due between two days: duties at the ends of their periods, and records at their due dates.",
	 .reply = "calendar", .ponders = true,
	 .parameters = {{"from", IN_QUERY, "the first day, as 2026-03-01; the first of this month unless said"},
			{"to", IN_QUERY, "the last one, at most 124 in all; the last of the month of `from` unless said"},
			SCOPE,
			{"limit int", IN_QUERY, "entries on a page, from 1 to 500; 100 unless said"},
			{"after", IN_QUERY, "the cursor of the page before: its member `next`"}}},
	{HTTP_GET, "/api/v1/calendar.ics", NEEDS_READ, false, work_feed, .calendar = true,
	 .group = "posture", .name = "calendarFeed", .about = "The same as iCalendar (RFC 5545), for calendar programs: from a month ago to three months ahead.",
	 .reply = "icalendar", .tagged = true, .ponders = true,
	 .parameters = {{"token", IN_QUERY, "a token that was made for a calendar"}, SCOPE}},
	{HTTP_POST, "/api/v1/registers/{register}/import", NEEDS_WRITE, false, jobs_import,
	 .group = "jobs", .name = "import", .about = "Takes in a file of records, as a job.",
	 .reply = "job", .files = "text/csv application/jsonl", .status = 202, .keyed = true,
	 .parameters = {REGISTER, {"organisation", IN_QUERY, "key of the organisation whose records they are; the integrator unless said"}, {"source", IN_QUERY, "where they come from"}, {"full bool", IN_QUERY, "`true`: the file is complete, so what it does not hold is retired"}, {"dry_run bool", IN_QUERY, "`true`: says what would happen, and changes nothing"}, {"file", IN_QUERY, "the file's name, for people"}}},
	{HTTP_POST, "/api/v1/registers/{register}/export", NEEDS_WRITE, false, jobs_export,
	 .group = "jobs", .name = "export", .about = "Writes a register's records to a file, as a job.",
	 .reply = "job", .takes = "export_input", .status = 202, .keyed = true, .parameters = {REGISTER}},
	{HTTP_POST, "/api/v1/assessments", NEEDS_WRITE, false, jobs_assess,
	 .group = "jobs", .name = "assess", .about = "Decides obligations now, or a moment of the past again, as a job.",
	 .reply = "job", .takes = "assessment_input", .status = 202, .keyed = true},
	{HTTP_GET, "/api/v1/assessments", NEEDS_READ, false, jobs_show_assessments,
	 .group = "jobs", .name = "assessments", .about = "Runs of the assessment, the newest first.",
	 .reply = "assessments",
	 .parameters = {{"before int", IN_QUERY, "the member `next` of the page before"}}},
	{HTTP_GET, "/api/v1/jobs", NEEDS_READ, false, jobs_show_all,
	 .group = "jobs", .name = "jobs", .about = "One's own jobs, the newest first.",
	 .reply = "jobs",
	 .parameters = {{"all bool", IN_QUERY, "`true`: everybody's, for administrators"}}},
	{HTTP_GET, "/api/v1/jobs/{job}", NEEDS_READ, false, jobs_show,
	 .group = "jobs", .name = "job", .about = "One job, how far it is and what came of it.",
	 .reply = "job", .parameters = {JOB}},
	{HTTP_DELETE, "/api/v1/jobs/{job}", NEEDS_WRITE, false, jobs_end,
	 .group = "jobs", .name = "cancelJob", .about = "Cancels a job that has not ended.",
	 .reply = "job", .status = 202, .parameters = {JOB}},
	{HTTP_GET, "/api/v1/jobs/{job}/result", NEEDS_READ, false, jobs_show_result,
	 .group = "jobs", .name = "result", .about = "The file that a job made.",
	 .reply = "file", .parameters = {JOB}},
	{HTTP_GET, "/api/v1/events", NEEDS_READ, false, events_show,
	 .group = "events", .name = "events", .about = "A stream of what changes: cells, and one's own jobs.",
	 .reply = "events",
	 .parameters = {{"position int", IN_QUERY, "goes on from this size of the ledger, where no Last-Event-ID says another"}}},
	{HTTP_GET, "/api/v1/ledger/checkpoint", NEEDS_STORE, false, ledger_checkpoint,
	 .group = "ledger", .name = "checkpoint", .about = "The newest signed head of the ledger.",
	 .reply = "text"},
	{HTTP_GET, "/api/v1/ledger/key", NEEDS_STORE, false, ledger_show_key,
	 .group = "ledger", .name = "key", .about = "The public key of its signatures.",
	 .reply = "text"},
	{HTTP_GET, "/api/v1/ledger/consistency", NEEDS_STORE, false, ledger_consistency,
	 .group = "ledger", .name = "consistency", .about = "Proof that a head extends an earlier one.",
	 .reply = "consistency",
	 .parameters = {{"from int", IN_QUERY, "size of the earlier tree"}, {"to int", IN_QUERY, "size of the later; the newest unless said"}}},
	{HTTP_POST, "/api/v1/first", NEEDS_ANYBODY, false, session_first,
	 .group = "signing in", .name = "first", .about = "Makes the first administrator, with the link that the server printed.", .takes = "first_input"},
	{HTTP_POST, "/api/v1/session", NEEDS_ANYBODY, false, session_begin,
	 .group = "signing in", .name = "signIn", .about = "Signs in by name and password.",
	 .reply = "signed_in", .takes = "credentials"},
	{HTTP_GET, "/api/v1/sign-in/providers", NEEDS_NOTHING, false, providers_list,
	 .group = "signing in", .name = "providers", .about = "Who else one can sign in by.",
	 .reply = "providers"},
	{HTTP_GET, OIDC_PATH "/{provider}", NEEDS_ANYBODY, false, provider_away,
	 .group = "signing in", .name = "signInBy", .about = "Sends the browser to a provider of OpenID Connect.",
	 .status = 303,
	 .parameters = {PROVIDER,
	  {"return_to", IN_QUERY, "a path of this site, where the browser goes when it is signed in; / unless said"},
	  {"fresh bool", IN_QUERY, "`true`: to prove anew there who one is"}}},
	{HTTP_GET, OIDC_PATH "/{provider}/callback", NEEDS_ANYBODY, false, provider_back,
	 .group = "signing in", .name = "signedInBy", .about = "Where the provider sends the browser back to; signs in, or links.",
	 .reply = "text", .forgiving = true,
	 .parameters = {PROVIDER,
	  {"code", IN_QUERY, "what the provider gives"}, {"state", IN_QUERY, "names the sign-in that was begun"},
	  {"iss", IN_QUERY, "the provider's issuer"}, {"error", IN_QUERY, "why there is no code"}}},
	{HTTP_POST, "/api/v1/session/second-factor", NEEDS_WRITE, true, session_second_factor,
	 .group = "signing in", .name = "secondFactor", .about = "Gives the code of the second factor, or a recovery code.", .people = true,
	 .reply = "signed_in", .takes = "code_input"},
	{HTTP_POST, "/api/v1/session/security-key/options", NEEDS_WRITE, true, session_ask_key,
	 .group = "signing in", .name = "askKey", .about = "Begins to give a security key as the second factor: what the browser is to ask it.", .people = true,
	 .reply = "key_request"},
	{HTTP_POST, "/api/v1/session/security-key", NEEDS_WRITE, true, session_answer_key,
	 .group = "signing in", .name = "answerKey", .about = "Gives what the security key answered.", .people = true,
	 .reply = "signed_in", .takes = "key_answer"},
	{HTTP_POST, "/api/v1/session/proof", NEEDS_WRITE, false, session_prove,
	 .group = "signing in", .name = "prove", .about = "Proves anew by password who one is.", .people = true,
	 .reply = "signed_in", .takes = "password_input"},
	{HTTP_DELETE, "/api/v1/session", NEEDS_WRITE, true, session_end,
	 .group = "signing in", .name = "signOut", .about = "Ends the session.", .people = true},
	{HTTP_GET, "/api/v1/me", NEEDS_READ, true, me_show,
	 .group = "me", .name = "me", .about = "Who asks, in which roles, and whose rows that sees.", .people = true,
	 .reply = "me"},
	{HTTP_POST, "/api/v1/me/password", NEEDS_WRITE, false, me_change_password,
	 .group = "me", .name = "changePassword", .about = "Changes the password, and ends the other sessions.", .people = true, .takes = "new_password_input"},
	{HTTP_POST, "/api/v1/me/second-factor", NEEDS_WRITE, true, me_enrol,
	 .group = "me", .name = "enrol", .about = "Begins to enrol an authenticator.", .people = true,
	 .reply = "enrolment"},
	{HTTP_POST, "/api/v1/me/second-factor/confirm", NEEDS_WRITE, true, me_confirm,
	 .group = "me", .name = "confirmEnrolment", .about = "Ends it with a code of the authenticator.", .people = true,
	 .reply = "recovery", .takes = "code_input"},
	{HTTP_POST, "/api/v1/me/recovery-codes", NEEDS_WRITE, false, me_recovery,
	 .group = "me", .name = "renewRecoveryCodes", .about = "Makes ten new recovery codes; the old ones end.", .people = true,
	 .reply = "recovery"},
	{HTTP_GET, "/api/v1/me/security-keys", NEEDS_READ, false, me_keys,
	 .group = "me", .name = "keys", .about = "One's own security keys.", .people = true,
	 .reply = "keys"},
	{HTTP_POST, "/api/v1/me/security-keys/options", NEEDS_WRITE, true, me_offer_key,
	 .group = "me", .name = "offerKey", .about = "Begins to register a security key: what the browser is to ask it.", .people = true,
	 .reply = "key_creation"},
	{HTTP_POST, "/api/v1/me/security-keys", NEEDS_WRITE, true, me_add_key,
	 .group = "me", .name = "addKey", .about = "Registers it; recovery codes come with the first second factor.", .people = true,
	 .reply = "recovery", .takes = "key_input", .status = 201},
	{HTTP_DELETE, "/api/v1/me/security-keys/{key}", NEEDS_WRITE, false, me_remove_key,
	 .group = "me", .name = "removeKey", .about = "Removes one.", .people = true,
	 .parameters = {{"key", IN_PATH, "its id"}}},
	{HTTP_GET, "/api/v1/me/sessions", NEEDS_READ, false, me_sessions,
	 .group = "me", .name = "sessions", .about = "One's own sessions.", .people = true,
	 .reply = "sessions"},
	{HTTP_DELETE, "/api/v1/me/sessions/{session}", NEEDS_WRITE, false, me_end_session,
	 .group = "me", .name = "endSession", .about = "Ends one of them.", .people = true,
	 .parameters = {{"session int", IN_PATH, "its number"}}},
	{HTTP_GET, "/api/v1/me/tokens", NEEDS_READ, false, me_tokens,
	 .group = "me", .name = "tokens", .about = "One's own tokens for programs.", .people = true,
	 .reply = "tokens"},
	{HTTP_POST, "/api/v1/me/tokens", NEEDS_WRITE, false, me_make_token,
	 .group = "me", .name = "makeToken", .about = "Makes one; its text is given this once.", .people = true,
	 .reply = "token_made", .takes = "token_input", .status = 201},
	{HTTP_DELETE, "/api/v1/me/tokens/{token}", NEEDS_WRITE, false, me_revoke_token,
	 .group = "me", .name = "revokeToken", .about = "Revokes one.", .people = true,
	 .parameters = {{"token int", IN_PATH, "its number"}}},
	{HTTP_GET, "/api/v1/me/identities", NEEDS_READ, false, me_identities,
	 .group = "me", .name = "identities", .about = "One's own accounts at providers that sign in here.", .people = true,
	 .reply = "identities"},
	{HTTP_POST, "/api/v1/me/identities", NEEDS_WRITE, false, me_link,
	 .group = "me", .name = "link", .about = "Links one: the browser goes to the address that is answered, and comes back.", .people = true,
	 .reply = "way", .takes = "link_input"},
	{HTTP_DELETE, "/api/v1/me/identities/{identity}", NEEDS_WRITE, false, me_unlink,
	 .group = "me", .name = "unlink", .about = "Ends a link, and the other sessions.", .people = true,
	 .parameters = {IDENTITY}},
	{HTTP_GET, "/api/v1/users", NEEDS_READ, false, users_list,
	 .group = "users", .name = "users", .about = "All logins, for administrators.", .people = true,
	 .reply = "users"},
	{HTTP_GET, "/api/v1/owners", NEEDS_READ, false, users_owners, .ponders = true,
	 .group = "users", .name = "owners", .about = "People or organisations that a login can be given to, by words of their names or keys, for administrators.", .people = true,
	 .reply = "owners", .parameters = {{"q", IN_QUERY, "words, the beginnings of which will do"}, {"of person|organisation", IN_QUERY, "which of the two"}}},
	{HTTP_POST, "/api/v1/users", NEEDS_WRITE, false, users_add,
	 .group = "users", .name = "addUser", .about = "Adds a login, mostly of a person in the register.", .people = true,
	 .reply = "user", .takes = "user_input", .status = 201},
	{HTTP_PATCH, "/api/v1/users/{user}", NEEDS_WRITE, false, users_change,
	 .group = "users", .name = "changeUser", .about = "Enables or disables it, promotes it, or sets its password.", .people = true,
	 .reply = "user", .takes = "user_change", .parameters = {USER}},
	{HTTP_DELETE, "/api/v1/users/{user}/second-factor", NEEDS_WRITE, false, users_reset_factor,
	 .group = "users", .name = "resetSecondFactor", .about = "Takes its second factor away, for somebody who lost it.", .people = true,
	 .parameters = {USER}},
	{HTTP_DELETE, "/api/v1/users/{user}/sessions", NEEDS_WRITE, false, users_end_sessions,
	 .group = "users", .name = "endUserSessions", .about = "Ends all of its sessions.", .people = true,
	 .reply = "ended", .parameters = {USER}},
	{HTTP_GET, "/api/v1/users/{user}/tokens", NEEDS_READ, false, users_tokens,
	 .group = "users", .name = "userTokens", .about = "Its tokens.", .people = true,
	 .reply = "tokens", .parameters = {USER}},
	{HTTP_POST, "/api/v1/users/{user}/tokens", NEEDS_WRITE, false, users_make_token,
	 .group = "users", .name = "makeUserToken", .about = "Makes a token for SCIM, for the login of a directory; its text is given this once.", .people = true,
	 .reply = "token_made", .takes = "scim_token_input", .status = 201, .parameters = {USER}},
	{HTTP_DELETE, "/api/v1/users/{user}/tokens/{token}", NEEDS_WRITE, false, users_revoke_token,
	 .group = "users", .name = "revokeUserToken", .about = "Revokes one of its tokens.", .people = true,
	 .parameters = {USER, {"token int", IN_PATH, "its number"}}},
	{HTTP_GET, SCIM "/ServiceProviderConfig", NEEDS_READ, false, scim_show_provider, .scim = true, .people = true,
	 .group = "scim", .name = "scimProvider", .about = "What of SCIM there is.",
	 .reply = "object"},
	{HTTP_GET, SCIM "/ResourceTypes", NEEDS_READ, false, scim_show_types, .scim = true, .people = true,
	 .group = "scim", .name = "scimTypes", .about = "The kinds of resources.",
	 .reply = "object"},
	{HTTP_GET, SCIM "/ResourceTypes/{type}", NEEDS_READ, false, scim_show_types, .scim = true, .people = true,
	 .group = "scim", .name = "scimType", .about = "One of them.",
	 .reply = "object", .parameters = {{"type", IN_PATH, "its id, as User"}}},
	{HTTP_GET, SCIM "/Schemas", NEEDS_READ, false, scim_show_schemas, .scim = true, .people = true,
	 .group = "scim", .name = "scimSchemas", .about = "Their attributes.",
	 .reply = "object"},
	{HTTP_GET, SCIM "/Schemas/{schema}", NEEDS_READ, false, scim_show_schemas, .scim = true, .people = true,
	 .group = "scim", .name = "scimSchema", .about = "One of them.",
	 .reply = "object", .parameters = {{"schema", IN_PATH, "its id, a URN"}}},
	{HTTP_GET, SCIM "/Users", NEEDS_READ, false, scim_list_users, .scim = true, .people = true,
	 .group = "scim", .name = "scimUsers", .about = "A page of the directory's users.",
	 .reply = "object", .parameters = {SCIM_LIST, SCIM_SHOWN}},
	{HTTP_POST, SCIM "/Users", NEEDS_WRITE, false, scim_make_user, .scim = true, .people = true,
	 .group = "scim", .name = "makeScimUser", .about = "Makes a login, and its person where there is none.",
	 .reply = "object", .takes = "object", .status = 201, .tagged = true, .parameters = {SCIM_SHOWN}},
	{HTTP_GET, SCIM "/Users/{id}", NEEDS_READ, false, scim_show_user, .scim = true, .people = true,
	 .group = "scim", .name = "scimUser", .about = "One user.",
	 .reply = "object", .tagged = true, .parameters = {SCIM_ID, SCIM_SHOWN}},
	{HTTP_PUT, SCIM "/Users/{id}", NEEDS_WRITE, false, scim_replace_user, .scim = true, .people = true,
	 .group = "scim", .name = "replaceScimUser", .about = "Replaces all that is said of a user.",
	 .reply = "object", .takes = "object", .tagged = true, .parameters = {SCIM_ID, SCIM_SHOWN}},
	{HTTP_PATCH, SCIM "/Users/{id}", NEEDS_WRITE, false, scim_patch_user, .scim = true, .people = true,
	 .group = "scim", .name = "changeScimUser", .about = "Changes a user by operations.",
	 .reply = "object", .takes = "object", .tagged = true, .parameters = {SCIM_ID, SCIM_SHOWN}},
	{HTTP_DELETE, SCIM "/Users/{id}", NEEDS_WRITE, false, scim_remove_user, .scim = true, .people = true,
	 .group = "scim", .name = "removeScimUser", .about = "Disables a login for good; nothing of its past is deleted.",
	 .parameters = {SCIM_ID}},
	{HTTP_GET, SCIM "/Groups", NEEDS_READ, false, scim_list_groups, .scim = true, .people = true,
	 .group = "scim", .name = "scimGroups", .about = "The plan's roles, with whom of the directory's users they were given.",
	 .reply = "object", .parameters = {SCIM_LIST, SCIM_SHOWN}},
	{HTTP_POST, SCIM "/Groups", NEEDS_WRITE, false, scim_make_group, .scim = true, .people = true,
	 .group = "scim", .name = "makeScimGroup", .about = "Is always refused: groups are the roles of the plan.",
	 .takes = "object", .status = 400},
	{HTTP_GET, SCIM "/Groups/{id}", NEEDS_READ, false, scim_show_group, .scim = true, .people = true,
	 .group = "scim", .name = "scimGroup", .about = "One group.",
	 .reply = "object", .tagged = true, .parameters = {SCIM_ID, SCIM_SHOWN}},
	{HTTP_PUT, SCIM "/Groups/{id}", NEEDS_WRITE, false, scim_replace_group, .scim = true, .people = true,
	 .group = "scim", .name = "replaceScimGroup", .about = "Replaces the members of a group.",
	 .reply = "object", .takes = "object", .tagged = true, .parameters = {SCIM_ID, SCIM_SHOWN}},
	{HTTP_PATCH, SCIM "/Groups/{id}", NEEDS_WRITE, false, scim_patch_group, .scim = true, .people = true,
	 .group = "scim", .name = "changeScimGroup", .about = "Changes the members of a group by operations.",
	 .takes = "object", .parameters = {SCIM_ID}},
	{HTTP_DELETE, SCIM "/Groups/{id}", NEEDS_WRITE, false, scim_remove_group, .scim = true, .people = true,
	 .group = "scim", .name = "removeScimGroup", .about = "Is always refused: groups are the roles of the plan.",
	 .status = 400, .parameters = {SCIM_ID}},
	{HTTP_GET, "/api/v1/users/{user}/identities", NEEDS_READ, false, users_identities,
	 .group = "users", .name = "userIdentities", .about = "Its accounts at providers that sign in here.", .people = true,
	 .reply = "identities", .parameters = {USER}},
	{HTTP_POST, "/api/v1/users/{user}/identities", NEEDS_WRITE, false, users_link,
	 .group = "users", .name = "linkUser", .about = "Links an account at a provider to it.", .people = true,
	 .reply = "identities", .takes = "user_link_input", .status = 201, .parameters = {USER}},
	{HTTP_DELETE, "/api/v1/users/{user}/identities/{identity}", NEEDS_WRITE, false, users_unlink,
	 .group = "users", .name = "unlinkUser", .about = "Ends a link, and all of its sessions.", .people = true,
	 .parameters = {USER, IDENTITY}},
};
/* clang-format on */

const size_t api_table_count = COUNT_OF(api_table);

enum { BODY_MAX = 1048576 };

int
api_success(const struct api_route *r)
{
	if (r->status)
		return r->status;
	return r->reply ? 200 : 204;
}

const char *
api_types(const struct api_route *r)
{
	if (r->scim)
		return "application/scim+json application/json";
	if (r->files)
		return r->files;
	return r->method == HTTP_PATCH ? "application/merge-patch+json application/json"
				       : "application/json";
}

bool
route_is_for_known(const struct api_route *r)
{
	return r->needs == NEEDS_READ || r->needs == NEEDS_WRITE;
}

/* Secrets are given out to who asks for a change: when they are made. */
static bool
packs(const struct api_route *r)
{
	return r->method == HTTP_GET && r->needs != NEEDS_ANYBODY && r->group;
}

const struct http_route *
api_routes(struct arena *a)
{
	struct http_route *routes = arena_alloc(a, api_table_count * sizeof(*routes));

	for (size_t i = 0; i < api_table_count; i++) {
		const struct api_route *r = &api_table[i];

		routes[i] = (struct http_route){.method = r->method,
						.pattern = r->pattern,
						.answer = api_answer,
						.packs = packs(r),
						.waits = api_waits};
		if (!r->takes && !r->files)
			continue;
		routes[i].types = api_types(r);
		routes[i].to_file = r->files != NULL;
		routes[i].body_max = r->files ? LIMIT_HTTP_BODY_BYTES : BODY_MAX;
	}
	return routes;
}
