/* sites.h -- places, the lines between them, and who comes and goes. */
#ifndef DEMO_SITES_H
#define DEMO_SITES_H

#include "demo/kind.h"

enum { CONNECTIONS = 6 };
/* Key of the integrator's connection, and whether the world outside is at its other end. */
const char *connection_key(int64_t index);
bool connection_external(int64_t index);

/* Sites of the integrator. */
enum { INTEGRATOR_SITES = 4, RULES_EXTERNAL = 6 };

extern const struct kind site_kind, connection_kind, firewall_rule_kind, visit_kind,
	visit_change_kind, session_kind, session_change_kind, support_ticket_kind;

#endif
