#include "demo/calendar.h"

#include "demo/accounts.h"
#include "demo/assets.h"
#include "demo/assurance.h"
#include "demo/cases.h"
#include "demo/documents.h"
#include "demo/people.h"
#include "demo/requests.h"
#include "demo/sites.h"
#include "demo/strays.h"

const struct step demo_steps[] = {
	{.source = "facilities",						       .full = true,      .who = WHO_ALL,										  .kinds = {&site_kind}},
	{.source = "hr",									    .full = true,										.who = WHO_ALL,											.kinds = {&person_kind, &role_kind}},
	{.source = "isms",
	 .full = true,
	 .who = WHO_INTEGRATOR | WHO_CLIENT,
	 .kinds = {&document_kind, &requirement_kind, &software_kind}},
	{.source = "learning",
	 .who = WHO_INTEGRATOR | WHO_MEMBERS,
	 .kinds = {&training_kind, &acknowledgement_kind, &clearance_kind}																  },
	{.source = "cmdb",
	 .full = true,
	 .who = WHO_INTEGRATOR | WHO_MEMBERS,
	 .kinds = {&system_kind, &asset_kind, &installation_kind, &connection_kind,
		   &firewall_rule_kind, &disposal_kind}},
	{.source = "desk",
	 .who = WHO_ALL,
	 .kinds = {&account_ticket_kind, &support_ticket_kind, &service_change_kind,
		   &desk_change_kind, &visit_change_kind, &session_change_kind}																		  },
	{.source = "directory",							     .full = true,										  .who = WHO_ALL,															   .kinds = {&account_kind}},
	{.source = "badge",							.full = true, .who = WHO_ALL, .kinds = {&pass_kind}},
	{.source = "desk",
	 .who = WHO_ALL,
	 .kinds = {&delivery_ticket_kind, &removal_change_kind, &session_kind, &visit_kind,
		   &leaver_case_kind, &leaver_checklist_kind}													},
	{.source = "assurance",
	 .who = WHO_ALL,
	 .kinds = {&account_review_kind, &review_kind, &assessment_kind, &approval_kind,
		   &service_review_kind, &validation_kind, &audit_kind, &report_kind}																		       },
	{.source = "people",
	 .who = WHO_INTEGRATOR,
	 .kinds = {&leaver_notice_kind, &appraisal_kind, &finding_kind, &validation_finding_kind,
		   &escalation_kind, &case_kind, &action_kind}	      },
	{.source = "decisions",
	 .who = WHO_INTEGRATOR | WHO_MEMBERS,
	 .kinds = {&case_approval_kind, &agreement_kind, &build_checklist_kind, &evidence_kind,
		   &waiver_kind}},
	{.source = "scanner",
	 .who = WHO_INTEGRATOR | WHO_MEMBERS,
	 .kinds = {&endpoint_kind, &stray_kind}												       },
};
const size_t demo_step_count = COUNT_OF(demo_steps);

bool
step_delivers(const struct step *s, const struct world *w, int org, int month)
{
	unsigned who = org == ORG_INTEGRATOR ? WHO_INTEGRATOR
		       : org == ORG_CLIENT   ? WHO_CLIENT
					     : WHO_MEMBERS;

	return (s->who & who) && story_delivers(w, org, s->source, month);
}
