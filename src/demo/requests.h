/* requests.h -- the service desk's part in the life of accounts: tickets, changes and reviews. */
#ifndef DEMO_REQUESTS_H
#define DEMO_REQUESTS_H

#include "demo/kind.h"

extern const struct kind account_ticket_kind, delivery_ticket_kind, service_change_kind,
	desk_change_kind, removal_change_kind, account_review_kind, service_review_kind;

#endif
