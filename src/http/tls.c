#include "http/tls_priv.h"

#include "base/limits.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

const char tls_priorities[] =
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-DHE-RSA:-CIPHER-ALL:"
	"+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-SHA1:"
	"%SERVER_PRECEDENCE";

enum { CHAIN_MAX = 16, GRACE_SECONDS = 2 * LIMIT_HTTP_HEADER_SECONDS, SECOND_NS = 1000 * NS_A_MS };

struct generation {
	struct generation *older;
	struct tls_pair pair;
	gnutls_pcert_st chain[CHAIN_MAX];
	int64_t ends;
	int64_t replaced_ns;
};

struct http_tls {
	char *certificate;
	char *key;
	pthread_mutex_t lock;
	struct generation *newest;
};

static void
generation_free(struct generation *g)
{
	for (unsigned i = 0; i < g->pair.length; i++)
		gnutls_pcert_deinit(&g->chain[i]);
	if (g->pair.key)
		gnutls_privkey_deinit(g->pair.key);
	free(g);
}

static enum err_code
tls_fault(struct err *e, const char *file, int status)
{
	enum err_code rc = err_set(e, ERR_INVALID, "", "%s", gnutls_strerror(status));

	err_at(e, file, 0, 0);
	return rc;
}

static enum err_code
key_mode_check(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO) != 0) {
		enum err_code rc =
			err_set(e, ERR_DENIED, "", "others can read this key; chmod o= takes it");

		err_at(e, path, 0, 0);
		return rc;
	}
	return ERR_NONE;
}

/* GnuTLS looks whether the two belong together only when it makes credentials of them. */
static enum err_code
pair_check(const struct http_tls *t, const gnutls_datum_t *cert, const gnutls_datum_t *key,
	   struct err *e)
{
	gnutls_certificate_credentials_t c;
	int status = gnutls_certificate_allocate_credentials(&c);

	if (status < 0)
		return err_set(e, ERR_INTERNAL, "", "%s", gnutls_strerror(status));
	status = gnutls_certificate_set_x509_key_mem2(c, cert, key, GNUTLS_X509_FMT_PEM, NULL, 0);
	gnutls_certificate_free_credentials(c);
	return status < 0 ? tls_fault(e, t->certificate, status) : ERR_NONE;
}

static enum err_code
ends_check(const struct http_tls *t, struct generation *g, struct err *e)
{
	gnutls_x509_crt_t leaf = NULL;
	int status = gnutls_pcert_export_x509(&g->chain[0], &leaf);
	enum err_code rc = ERR_NONE;

	if (status < 0)
		return tls_fault(e, t->certificate, status);
	g->ends = (int64_t)gnutls_x509_crt_get_expiration_time(leaf);
	gnutls_x509_crt_deinit(leaf);
	if (g->ends * 1000 < clock_now(&(struct clock){0})) {
		rc = err_set(e, ERR_INVALID, "", "this certificate has ended");
		err_at(e, t->certificate, 0, 0);
	}
	return rc;
}

static enum err_code
generation_fill(const struct http_tls *t, struct generation *g, struct arena *a, struct err *e)
{
	struct str cert;
	struct str key;
	gnutls_datum_t cert_datum;
	gnutls_datum_t key_datum;
	unsigned length = CHAIN_MAX;
	enum err_code rc = key_mode_check(t->key, e);
	int status;

	if (!rc)
		rc = file_load(t->certificate, LIMIT_TLS_FILE_BYTES, a, &cert, e);
	if (!rc)
		rc = file_load(t->key, LIMIT_TLS_FILE_BYTES, a, &key, e);
	if (rc)
		return rc;
	cert_datum = (gnutls_datum_t){(unsigned char *)(uintptr_t)cert.ptr, (unsigned)cert.len};
	key_datum = (gnutls_datum_t){(unsigned char *)(uintptr_t)key.ptr, (unsigned)key.len};
	status = gnutls_pcert_list_import_x509_raw(g->chain, &length, &cert_datum,
						   GNUTLS_X509_FMT_PEM, 0);
	if (status < 0)
		return tls_fault(e, t->certificate, status);
	g->pair.chain = g->chain;
	g->pair.length = length;
	status = gnutls_privkey_init(&g->pair.key);
	if (status >= 0)
		status = gnutls_privkey_import_x509_raw(g->pair.key, &key_datum,
							GNUTLS_X509_FMT_PEM, NULL, 0);
	rc = status < 0 ? tls_fault(e, t->key, status) : pair_check(t, &cert_datum, &key_datum, e);
	explicit_bzero((void *)(uintptr_t)key.ptr, key.len);
	return rc ? rc : ends_check(t, g, e);
}

/* A handshake may still use the pair that was replaced; those that none can are freed. */
static void
generation_add(struct http_tls *t, struct generation *g)
{
	int64_t now = clock_monotonic_ns();
	struct generation **at = &g->older;

	(void)pthread_mutex_lock(&t->lock);
	g->older = t->newest;
	if (g->older)
		g->older->replaced_ns = now;
	t->newest = g;
	(void)pthread_mutex_unlock(&t->lock);
	while (*at) {
		struct generation *old = *at;

		if (now - old->replaced_ns > (int64_t)GRACE_SECONDS * SECOND_NS) {
			*at = old->older;
			generation_free(old);
		} else {
			at = &old->older;
		}
	}
}

enum err_code
tls_reload(struct http_tls *t, struct err *e)
{
	struct generation *g = calloc(1, sizeof(*g));
	struct arena a;
	enum err_code rc;

	if (!g)
		return err_set(e, ERR_INTERNAL, "", "no memory for a certificate");
	arena_init(&a, 2 * LIMIT_TLS_FILE_BYTES);
	rc = generation_fill(t, g, &a, e);
	arena_fini(&a);
	if (rc)
		generation_free(g);
	else
		generation_add(t, g);
	return rc;
}

enum err_code
tls_new(const char *certificate, const char *key, struct http_tls **ret_tls, struct err *e)
{
	struct http_tls *t = calloc(1, sizeof(*t));
	enum err_code rc = ERR_NONE;

	if (t) {
		(void)pthread_mutex_init(&t->lock, NULL);
		t->certificate = strdup(certificate);
		t->key = strdup(key);
	}
	if (!t || !t->certificate || !t->key)
		rc = err_set(e, ERR_INTERNAL, "", "no memory for a certificate");
	if (!rc)
		rc = tls_reload(t, e);
	if (rc)
		tls_free(t);
	else
		*ret_tls = t;
	return rc;
}

void
tls_free(struct http_tls *t)
{
	if (!t)
		return;
	while (t->newest) {
		struct generation *older = t->newest->older;

		generation_free(t->newest);
		t->newest = older;
	}
	(void)pthread_mutex_destroy(&t->lock);
	free(t->certificate);
	free(t->key);
	free(t);
}

void
tls_freep(struct http_tls **t)
{
	tls_free(*t);
}

struct tls_pair
tls_pair(struct http_tls *t)
{
	struct tls_pair p;

	(void)pthread_mutex_lock(&t->lock);
	p = t->newest->pair;
	(void)pthread_mutex_unlock(&t->lock);
	return p;
}

int64_t
tls_ends(struct http_tls *t)
{
	int64_t ends;

	(void)pthread_mutex_lock(&t->lock);
	ends = t->newest->ends;
	(void)pthread_mutex_unlock(&t->lock);
	return ends;
}
