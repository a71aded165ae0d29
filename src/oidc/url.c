#include "oidc/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdint.h>
#include <string.h>

static void
url_cleanup(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void
text_free(char **text)
{
	curl_free(*text);
}

#define URL_PARTS CLEANUP(url_cleanup) CURLU
#define URL_TEXT CLEANUP(text_free) char

static CURLU *
parse(const char *text)
{
	CURLU *url = curl_url();

	if (url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
		return url;
	curl_url_cleanup(url);
	return NULL;
}

static bool
has_part(CURLU *url, CURLUPart part)
{
	URL_TEXT *text = NULL;

	return curl_url_get(url, part, &text, 0) == CURLUE_OK;
}

static bool
host_is_local(CURLU *url)
{
	URL_TEXT *host = NULL;
	struct in_addr four;

	if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return false;
	if (inet_pton(AF_INET, host, &four) == 1)
		return *(const uint8_t *)&four == IN_LOOPBACKNET;
	return strcmp(host, "[::1]") == 0;
}

bool
url_is_local(const char *text)
{
	URL_PARTS *url = parse(text);

	return url && host_is_local(url);
}

bool
url_has_query(const char *text)
{
	URL_PARTS *url = parse(text);

	return url && has_part(url, CURLUPART_QUERY);
}

enum err_code
url_check(const char *text, const char *field, struct err *e)
{
	URL_PARTS *url = parse(text);
	URL_TEXT *scheme = NULL;

	if (!url || curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		return err_set(e, ERR_INVALID, field, "'%.200s' is no URL", text);
	if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD) ||
	    has_part(url, CURLUPART_FRAGMENT))
		return err_set(e, ERR_INVALID, field,
			       "'%.200s' has a user, a password or a fragment in it", text);
	if (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && host_is_local(url)))
		return ERR_NONE;
	return err_set(e, ERR_INVALID, field,
		       "'%.200s' must begin with https:// (http:// is for 127.0.0.1 and [::1])",
		       text);
}
