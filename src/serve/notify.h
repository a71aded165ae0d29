/* notify.h -- tells systemd how the service is (sd_notify(3)), without its library. */
#ifndef SERVE_NOTIFY_H
#define SERVE_NOTIFY_H

#include <stdint.h>

/* "READY=1" and the like, to the socket in NOTIFY_SOCKET; does nothing where there is none. */
void notify_send(const char *state);
/* Milliseconds within which systemd wants a sign of life (WATCHDOG_USEC of this process); 0: none.
 */
int64_t notify_watchdog_ms(void);

#endif
