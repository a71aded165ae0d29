/* strays.h -- rows that cannot be taken, as there are in any real file. */
#ifndef DEMO_STRAYS_H
#define DEMO_STRAYS_H

#include "demo/kind.h"

extern const struct kind stray_kind;

#endif
