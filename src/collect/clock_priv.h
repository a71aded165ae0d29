/* clock_priv.h -- what the programs that keep the time say about it.
 *
 * Each reads the output of one command and returns false when the clock follows no source.
 */
#ifndef COLLECT_CLOCK_PRIV_H
#define COLLECT_CLOCK_PRIV_H

#include "collect/collection_priv.h"

bool clock_read_chronyc(struct str out, struct clock_state *ret_clock);
bool clock_read_timedatectl(struct str out, struct clock_state *ret_clock);
bool clock_read_ntpq(struct str out, struct clock_state *ret_clock);

#endif
