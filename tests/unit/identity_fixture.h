/* identity_fixture.h -- a store with the shipped registers, and what signing in needs: the person
 * `ann` of `home` with a login of that name and a password. */
#ifndef IDENTITY_FIXTURE_H
#define IDENTITY_FIXTURE_H

#include "identity/factor.h"
#include "identity/first.h"
#include "identity/login.h"
#include "identity/session.h"
#include "identity/sign_in.h"
#include "identity/token.h"
#include "identity/totp.h"
#include "record_fixture.h"

#define PASSWORD "four unlikely words"

struct desk_fixture {
	struct store_fixture store;
	struct identity *identity;
	struct visit v;
	int64_t ann; /* the person */
	int64_t now;
};

void desk_open(struct desk_fixture *f);
void desk_close(struct desk_fixture *f);
#define DESK CLEANUP(desk_close) struct desk_fixture

/* Lets so much time pass. */
void desk_wait(struct desk_fixture *f, int64_t ms);

/* A person with a login of that name and the password, without any role. */
int64_t desk_person(struct desk_fixture *f, const char *key);
/* An assignment that `organisation` keeps; dates and scope may be NULL. */
struct desk_role {
	int64_t person;
	int64_t organisation;
	const char *role, *from, *to, *scope, *state;
};
void desk_assign(struct desk_fixture *f, const struct desk_role *r);

enum err_code desk_try(struct desk_fixture *f, const char *name, const char *password,
		       struct signed_in *ret_in);
/* Signs in with the password, which must do. */
struct signed_in desk_sign_in(struct desk_fixture *f, const char *name);
struct who desk_who(struct desk_fixture *f, const struct signed_in *in);
/* Gives `name`, who is signed in, a second factor; its secret, in base32, and the recovery codes.
 */
struct enrolled desk_enrol(struct desk_fixture *f, const struct signed_in *in,
			   char secret[TOTP_TEXT_SIZE]);
/* The code of a moment, and of this one. */
void code_of(const char secret[TOTP_TEXT_SIZE], int64_t now_ms, char out[TOTP_DIGITS + 1]);
const char *desk_code(struct desk_fixture *f, const char secret[TOTP_TEXT_SIZE]);

int64_t desk_events(struct desk_fixture *f, const char *kind);
/* The detail of the last event of that kind. */
struct str desk_event(struct desk_fixture *f, const char *kind);

#endif
