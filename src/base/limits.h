/* limits.h -- the limits as constants; `holdfast help limits` prints the table. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum limit {
#define LIMIT(name, value, about) LIMIT_##name = (value),
#include "base/limits.def"
#undef LIMIT
};

#endif
