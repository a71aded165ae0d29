/* routes.h -- every route of the server, in one table; each function is in the file of its group.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/call.h"

/* The table as the server takes it, a row for each of api_table, in the arena. */
const struct http_route *api_routes(struct arena *a);

/* health.c */
enum err_code health_live(struct call *c);
enum err_code health_ready(struct call *c);
enum err_code health_metrics(struct call *c);
enum err_code pages_show(struct call *c);
enum err_code pages_failed(struct call *c);

/* openapi.c */
enum err_code openapi_show(struct call *c);

/* registers.c */
enum err_code registers_list(struct call *c);
enum err_code registers_show(struct call *c);

/* records.c */
enum err_code records_list(struct call *c);
enum err_code records_show(struct call *c);
enum err_code records_history(struct call *c);
enum err_code records_related(struct call *c);
enum err_code records_steps(struct call *c);
enum err_code search_show(struct call *c);

enum err_code records_make(struct call *c);
enum err_code records_change(struct call *c);
enum err_code records_retire(struct call *c);

/* bulk.c */
enum err_code records_bulk(struct call *c);

/* me.c */
enum err_code session_begin(struct call *c);
enum err_code session_second_factor(struct call *c);
enum err_code session_prove(struct call *c);
enum err_code session_end(struct call *c);
enum err_code session_first(struct call *c);
enum err_code me_show(struct call *c);
enum err_code me_sessions(struct call *c);
enum err_code me_end_session(struct call *c);
enum err_code me_tokens(struct call *c);
enum err_code me_make_token(struct call *c);
enum err_code me_revoke_token(struct call *c);
enum err_code me_change_password(struct call *c);
enum err_code me_enrol(struct call *c);
enum err_code me_confirm(struct call *c);
enum err_code me_recovery(struct call *c);

/* keys.c */
enum err_code session_ask_key(struct call *c);
enum err_code session_answer_key(struct call *c);
enum err_code me_keys(struct call *c);
enum err_code me_offer_key(struct call *c);
enum err_code me_add_key(struct call *c);
enum err_code me_remove_key(struct call *c);
/* providers.c */
enum err_code providers_list(struct call *c);
enum err_code provider_away(struct call *c);
enum err_code provider_back(struct call *c);
enum err_code me_identities(struct call *c);
enum err_code me_link(struct call *c);
enum err_code me_unlink(struct call *c);
enum err_code users_identities(struct call *c);
enum err_code users_link(struct call *c);
enum err_code users_unlink(struct call *c);

/* users.c */
enum err_code users_list(struct call *c);
enum err_code users_owners(struct call *c);
enum err_code users_add(struct call *c);
enum err_code users_change(struct call *c);
enum err_code users_reset_factor(struct call *c);
enum err_code users_end_sessions(struct call *c);
enum err_code users_tokens(struct call *c);
enum err_code users_make_token(struct call *c);
enum err_code users_revoke_token(struct call *c);

/* scim.c */
enum err_code scim_show_provider(struct call *c);
enum err_code scim_show_types(struct call *c);
enum err_code scim_show_schemas(struct call *c);
enum err_code scim_list_users(struct call *c);
enum err_code scim_show_user(struct call *c);
enum err_code scim_make_user(struct call *c);
enum err_code scim_replace_user(struct call *c);
enum err_code scim_patch_user(struct call *c);
enum err_code scim_remove_user(struct call *c);
enum err_code scim_list_groups(struct call *c);
enum err_code scim_show_group(struct call *c);
enum err_code scim_make_group(struct call *c);
enum err_code scim_replace_group(struct call *c);
enum err_code scim_patch_group(struct call *c);
enum err_code scim_remove_group(struct call *c);

/* plan.c */
enum err_code plan_show(struct call *c);
enum err_code plan_sections(struct call *c);
enum err_code plan_obligations(struct call *c);
enum err_code plan_obligation(struct call *c);
enum err_code plan_roles(struct call *c);
enum err_code plan_parameters(struct call *c);
enum err_code plan_versions(struct call *c);

/* posture.c */
enum err_code posture_show(struct call *c);
enum err_code posture_show_cells(struct call *c);
enum err_code posture_show_failures(struct call *c);
enum err_code posture_show_feeds(struct call *c);

/* work.c */
enum err_code work_show(struct call *c);
enum err_code work_calendar(struct call *c);
enum err_code work_feed(struct call *c);

/* jobs.c */
enum err_code jobs_import(struct call *c);
enum err_code jobs_export(struct call *c);
enum err_code jobs_assess(struct call *c);
enum err_code jobs_show_assessments(struct call *c);
enum err_code jobs_show_all(struct call *c);
enum err_code jobs_show(struct call *c);
enum err_code jobs_end(struct call *c);
enum err_code jobs_show_result(struct call *c);
enum err_code events_show(struct call *c);

/* ledger.c */
enum err_code ledger_checkpoint(struct call *c);
enum err_code ledger_show_key(struct call *c);
enum err_code ledger_inclusion(struct call *c);
enum err_code ledger_receipt(struct call *c);
enum err_code ledger_entry(struct call *c);
enum err_code ledger_consistency(struct call *c);

#endif
