/* routes.h -- every route of the server, in one table; each function is in the file of its group.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "http/http.h"

extern const struct http_route api_routes[];
extern const size_t api_route_count;

/* health.c */
enum err_code health_live(const struct http_request *r, struct http_reply *reply, struct err *e);
enum err_code health_ready(const struct http_request *r, struct http_reply *reply, struct err *e);
enum err_code health_metrics(const struct http_request *r, struct http_reply *reply, struct err *e);

/* ledger.c */
enum err_code ledger_checkpoint(const struct http_request *r, struct http_reply *reply,
				struct err *e);

#endif
