#include "oidc/fetch.h"

#include "base/limits.h"
#include "base/version.h"
#include "oidc/url.h"

#include <curl/curl.h>

struct answer {
	struct buf *body;
	size_t taken;
};

static void
curl_end(CURL **c)
{
	curl_easy_cleanup(*c);
}

static void
list_free(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static void
text_free(char **text)
{
	curl_free(*text);
}

enum err_code
fetch_start(struct err *e)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_INTERNAL, "", "libcurl cannot start");
	return ERR_NONE;
}

void
fetch_stop(void)
{
	curl_global_cleanup();
}

/* Anything but its length ends the transfer. */
static size_t
count(struct answer *a, size_t len)
{
	if (len > LIMIT_OIDC_ANSWER_BYTES - a->taken)
		return 0;
	a->taken += len;
	return len;
}

static size_t
take_header(char *bytes, size_t size, size_t items, void *object)
{
	(void)bytes;
	return count(object, size * items);
}

static size_t
take_body(char *bytes, size_t size, size_t items, void *object)
{
	struct answer *a = object;

	if (count(a, size * items) != size * items)
		return 0;
	buf_add(a->body, bytes, size * items);
	return a->body->failed ? 0 : size * items;
}

static CURLcode
prepare(CURL *c, const struct fetch *f)
{
	/* What is not told of could hang, or ask elsewhere. */
	CURLcode rc = curl_easy_setopt(c, CURLOPT_URL, f->url);

	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR,
				      url_is_local(f->url) ? "http,https" : "https");
	if (!rc && url_is_local(f->url))
		rc = curl_easy_setopt(c, CURLOPT_PROXY, "");
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)LIMIT_OIDC_SECONDS);
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (!rc && f->ca_file)
		rc = curl_easy_setopt(c, CURLOPT_CAINFO, f->ca_file);
	if (!rc && f->ca_file)
		rc = curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_USERAGENT, "holdfast/" HOLDFAST_VERSION);
	if (!rc && f->form)
		rc = curl_easy_setopt(c, CURLOPT_POSTFIELDS, f->form);
	if (!rc && f->user)
		rc = curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	if (!rc && f->user)
		rc = curl_easy_setopt(c, CURLOPT_USERNAME, f->user);
	if (!rc && f->user)
		rc = curl_easy_setopt(c, CURLOPT_PASSWORD, f->secret);
	return rc;
}

static CURLcode
answer_take(CURL *c, struct answer *a)
{
	CURLcode rc = curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);

	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_HEADERDATA, a);
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
	return rc;
}

enum err_code
fetch(const struct fetch *f, struct buf *ret_body, long *ret_status, struct err *e)
{
	CLEANUP(list_free) struct curl_slist *headers = NULL;
	CLEANUP(curl_end) CURL *c = curl_easy_init();
	struct answer a = {.body = ret_body};
	CURLcode rc;

	headers = curl_slist_append(NULL, "Accept: application/json");
	if (!c || !headers)
		return err_set(e, ERR_INTERNAL, "", "no memory to ask a provider");
	rc = prepare(c, f);
	if (!rc)
		rc = curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	if (!rc)
		rc = answer_take(c, &a);
	if (!rc)
		rc = curl_easy_perform(c);
	if (rc == CURLE_WRITE_ERROR)
		return err_set(e, ERR_BUSY, "", "%.200s answers with more than %d bytes", f->url,
			       LIMIT_OIDC_ANSWER_BYTES);
	if (rc)
		return err_set(e, ERR_BUSY, "", "%.200s does not answer: %s", f->url,
			       curl_easy_strerror(rc));
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, ret_status);
	return ERR_NONE;
}

enum err_code
fetch_encode(struct buf *out, const char *value, struct err *e)
{
	CLEANUP(text_free) char *text = curl_easy_escape(NULL, value, 0);

	if (!text)
		return err_set(e, ERR_INTERNAL, "", "no memory to ask a provider");
	buf_addf(out, "%s", text);
	return ERR_NONE;
}

enum err_code
fetch_add(struct buf *form, const char *name, const char *value, struct err *e)
{
	buf_addf(form, "%s%s=", form->len ? "&" : "", name);
	return fetch_encode(form, value, e);
}
