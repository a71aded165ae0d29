/* keeper.h -- a thread that keeps the posture right while a server runs, and the index of the
 * search near.
 *
 * Each second it looks whether a record changed since the last assessment, by whichever process, or
 * whether the clock alone moved an answer; then it assesses what that touches. Several processes on
 * one store may each have one: whoever comes first does the work. Then it takes some of what was
 * written into the index, so that who searches need not.
 */
#ifndef SERVE_KEEPER_H
#define SERVE_KEEPER_H

#include "api/service.h"
#include "http/log.h"

struct keeper;

/* Service and log outlive it. */
MUST_CHECK enum err_code keeper_new(const struct service *service, struct http_log *log,
				    struct keeper **ret_keeper, struct err *e);
/* Nothing more is begun; and whether the run in hand is over. NULL is one that has ended. */
void keeper_end(struct keeper *k);
bool keeper_has_ended(struct keeper *k);
/* Waits for the run in hand. */
void keeper_free(struct keeper *k);

#endif
