/* queue.c -- problem documents also for what libmicrohttpd refuses by itself.
 *
 * A first line, a header or a length that it cannot read never reaches us: the library answers with
 * a page of HTML of its own. It does so through its own MHD_queue_response, as any program would,
 * and the dynamic linker takes that call to the first function of that name, which is this one. So
 * no reply leaves the server without the headers of the house. Without this file all would work as
 * it does, but for those pages.
 */
#include "http/server_priv.h"

static const struct {
	unsigned status;
	const char *name;
	const char *detail;
} own[] = {
	{400, "malformed",		   "it is not written as RFC 9112 asks"	       },
	{413, "body_too_large",	"its Content-Length is larger than any body may be"},
	{414, "target_too_long",	 "its path and query are too long"		  },
	{431, "headers_too_large",	   "its headers are too long"			     },
	{505, "version_not_supported", "this server speaks HTTP/1.1 and HTTP/1.0"	 },
};

static struct problem
problem_of(unsigned status)
{
	size_t i = 0;

	while (i + 1 < COUNT_OF(own) && own[i].status != status)
		i++;
	return (struct problem){
		.status = (int)own[i].status, .name = own[i].name, .detail = own[i].detail};
}

static struct MHD_Response *
problem_response(const struct peer *p, unsigned status)
{
	CLEANUP(buf_fini) struct buf text = {.limit = 1024};
	const struct problem problem = problem_of(status);
	struct MHD_Response *r;

	problem_text(&problem, &text);
	if (text.failed)
		return NULL;
	r = reply_secured(
		p->server->o.tls != NULL,
		MHD_create_response_from_buffer(text.len, text.data, MHD_RESPMEM_MUST_COPY));
	if (r &&
	    (MHD_add_response_header(r, "Content-Type", "application/problem+json") != MHD_YES ||
	     MHD_add_response_header(r, "Cache-Control", "no-store") != MHD_YES)) {
		MHD_destroy_response(r);
		return NULL;
	}
	return r;
}

/* Once all headers are there, the library (0.9.75) writes the head of its reply twice, and what
 * comes after looks like another reply. Then we tell the client ourselves, and let nothing more be
 * written. The library must not be told that its reply was not taken: it would free the connection
 * and go on reading its headers. */
static bool
would_write_twice(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return i && i->header_size > 0;
}

static enum MHD_Result
refusal_send(struct peer *p, struct MHD_Connection *connection, unsigned status,
	     struct MHD_Response *response)
{
	struct MHD_Response *r;
	enum MHD_Result queued;

	/* One that was told to go hears nothing more, so that it may be queued for it, too. */
	if (peer_enter(p, PEER_ANSWER, deadline_after(p->server->limits.reply_ms)) &&
	    would_write_twice(connection)) {
		const struct problem problem = problem_of(status);

		peer_tell(p, &problem);
		(void)shutdown(p->fd, SHUT_WR);
	}
	r = problem_response(p, status);
	queued = p->server->queue(connection, status, r ? r : response);
	if (r)
		MHD_destroy_response(r);
	return queued;
}

enum MHD_Result
MHD_queue_response(struct MHD_Connection *connection, unsigned status,
		   struct MHD_Response *response)
{
	struct peer *p = peer_of(connection);
	enum MHD_Result queued = refusal_send(p, connection, status, response);

	if (p->call)
		p->call->status = (int)status;
	else
		refusal_record(p, (int)status);
	return queued;
}
