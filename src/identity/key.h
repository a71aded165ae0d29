/* key.h -- security keys as the second factor of a login: registered, asked, listed, removed.
 *
 * Each question is one session's, is answered once, and within LIMIT_CHALLENGE_SECONDS. The answer
 * to a sign-in goes to identity_key_answer (sign_in.h).
 */
#ifndef IDENTITY_KEY_H
#define IDENTITY_KEY_H

#include "identity/factor.h"
#include "identity/webauthn.h"

enum { CHALLENGE_TEXT_SIZE = 44, USER_HANDLE_SIZE = 23 };

/* What the browser is to ask an authenticator; texts in base64url, in the context's arena. */
struct key_question {
	char challenge[CHALLENGE_TEXT_SIZE];
	char user[USER_HANDLE_SIZE]; /* the same for a login always, and says nothing about it */
	const struct str *keys;	     /* that it has: to be left out, or one of them to be asked */
	size_t key_count;
};

/* For a new one. As for identity_enrol. */
MUST_CHECK enum err_code identity_key_offer(const struct visit *v, const struct who *who,
					    struct key_question *ret_question);
/* The answer. The session has given its second factor then and gets another token; with the first
 * factor of a login come recovery codes, else *ret_recovery is false and there are none.
 * ERR_CONFLICT for a key that is registered already. */
struct key_new {
	const struct webauthn_site *site;
	struct str name; /* as its owner calls it */
	struct webauthn_answer answer;
};
MUST_CHECK enum err_code identity_key_add(const struct visit *v, const struct who *who,
					  const struct key_new *n, struct enrolled *ret_enrolled,
					  bool *ret_recovery);

/* For a sign-in, or a new proof. ERR_MISSING when the login has none. */
MUST_CHECK enum err_code identity_key_ask(const struct visit *v, const struct who *who,
					  struct key_question *ret_question);

struct key {
	struct str id; /* base64url */
	struct str name;
	int64_t made_at;
	int64_t used_at; /* 0: never */
};
MUST_CHECK enum err_code key_list(const struct visit *v, const struct who *who,
				  struct key **ret_list, size_t *ret_count);
/* After a proof that is recent. With the last factor go the recovery codes. */
MUST_CHECK enum err_code identity_key_remove(const struct visit *v, const struct who *who,
					     struct str id);

#endif
