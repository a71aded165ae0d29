/* tls_priv.h -- the certificate as GnuTLS takes it. */
#ifndef HTTP_TLS_PRIV_H
#define HTTP_TLS_PRIV_H

#include "http/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

extern const char tls_priorities[];

struct tls_pair {
	gnutls_pcert_st *chain;
	unsigned length;
	gnutls_privkey_t key;
};

/* The pair for a handshake that begins now; it stays for longer than one may last. */
struct tls_pair tls_pair(struct http_tls *t);

#endif
