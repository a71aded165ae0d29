/* assets.h -- systems, equipment and information, and what the scanner sees of them. */
#ifndef DEMO_ASSETS_H
#define DEMO_ASSETS_H

#include "demo/kind.h"

extern const struct kind system_kind, asset_kind, endpoint_kind, disposal_kind, software_kind,
	installation_kind;

/* The firewall of the organisation. */
void firewall_key(int org, char out[DEMO_KEY_SIZE]);

#endif
