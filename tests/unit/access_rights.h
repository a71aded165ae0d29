/* access_rights.h -- who may do what, read from the plan's files a second time.
 *
 * Written from docs/access.md without a look at model/grants.c or access/grant.c, and it shares
 * nothing with them but the reader of YAML: what the two say is compared.
 */
#ifndef ACCESS_RIGHTS_H
#define ACCESS_RIGHTS_H

#include "codec/yaml.h"

struct rights {
	struct arena *arena;
	const struct yaml *roles;      /* the list */
	const struct yaml **registers; /* each file */
	size_t register_count;
	const struct yaml **sections;
	size_t section_count;
};

void rights_load(struct rights *r, struct arena *a);

enum rights_act { RIGHTS_READ, RIGHTS_WRITE, RIGHTS_RETIRE };
bool rights_allow(const struct rights *r, const char *role, const char *reg, enum rights_act act);
/* Whether the role may make the register's so-manyth step, for people in whose way nothing stands;
 * `as` is among its fields when `signs` says so. */
bool rights_step(const struct rights *r, const char *role, const char *reg, size_t step);
bool rights_sees_all(const struct rights *r, const char *role);

#endif
