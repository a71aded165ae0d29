/* past.h -- the tables of a model, as a store of the past needs to know them (store/past.h). */
#ifndef MODEL_PAST_H
#define MODEL_PAST_H

#include "model/model.h"
#include "store/past.h"

/* All registers with their lists, and the log of events. Lives in the arena. */
const struct past *model_past(const struct model *m, const struct table *events, int64_t instant_ms,
			      bool many, struct arena *a);

#endif
