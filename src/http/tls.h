/* tls.h -- the server's certificate and key, which can be read anew while it runs.
 *
 * TLS 1.3 and 1.2 (GnuTLS) with forward secrecy and authenticated ciphers only. The files are PEM;
 * the certificate's has those of the authorities between after it.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "base/err.h"

#include <stdint.h>

struct http_tls;

/* ERR_INVALID when a file is no certificate or key, they do not belong together, or the certificate
 * has ended; ERR_DENIED when others can read the key. */
MUST_CHECK enum err_code tls_new(const char *certificate, const char *key,
				 struct http_tls **ret_tls, struct err *e);
/* Reads the files again. On an error what was there stays. From one thread. */
MUST_CHECK enum err_code tls_reload(struct http_tls *t, struct err *e);
void tls_free(struct http_tls *t);
void tls_freep(struct http_tls **t);

/* When the certificate ends, seconds since 1970. */
int64_t tls_ends(struct http_tls *t);

#endif
