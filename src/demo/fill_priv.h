/* fill_priv.h -- the world that a demo's options describe. */
#ifndef DEMO_FILL_PRIV_H
#define DEMO_FILL_PRIV_H

#include "demo/demo.h"
#include "demo/world.h"

void demo_world(struct ctx *ctx, const struct demo_options *o, struct world *ret_world);

#endif
