#include "api/routes.h"

const struct http_route api_routes[] = {
	{.method = HTTP_GET, .pattern = "/healthz",		    .answer = health_live	 },
	{.method = HTTP_GET, .pattern = "/readyz",		   .answer = health_ready	 },
	{.method = HTTP_GET, .pattern = "/metrics",		    .answer = health_metrics   },
	{.method = HTTP_GET, .pattern = "/api/v1/ledger/checkpoint", .answer = ledger_checkpoint},
};

const size_t api_route_count = COUNT_OF(api_routes);
