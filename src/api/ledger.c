#include "ledger/ledger.h"

#include "api/routes.h"
#include "api/service.h"

/* The newest signed head, as C2SP's tlog-checkpoint writes it. Whoever keeps one can prove later
 * what stood in the ledger then, so it is for everybody. */
enum err_code
ledger_checkpoint(const struct http_request *r, struct http_reply *reply, struct err *e)
{
	DB_TXN txn = {0};
	struct str note = {0};
	struct ctx ctx;
	enum err_code rc = service_read(r, &ctx, e);

	if (!rc)
		rc = db_begin_read(ctx.db, &txn, e);
	if (!rc)
		rc = ledger_head_note(ctx.ledger, r->arena, &note, e);
	if (!rc && note.len == 0)
		rc = err_set(e, ERR_MISSING, "", "nothing stands in the ledger yet");
	if (rc)
		return rc;
	reply->type = "text/plain; charset=utf-8";
	reply->body = note;
	return ERR_NONE;
}
