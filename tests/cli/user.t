# Who may sign in: each change is an event of the ledger, and no password is ever in it.
ok holdfast init --home ws
ok holdfast user list --home ws
expect_out 'There are no logins'

ok holdfast user add ann --home ws
expect_out 'holdfast user password ann'
ok holdfast user list --home ws --json
expect_json out 'len(d["logins"]) == 1 and d["logins"][0]["name"] == "ann" and d["logins"][0]["person"] is None'
expect_json out 'd["logins"][0]["enabled"] is True and d["logins"][0]["has_password"] is False'
expect_exit 3 holdfast user add ann --home ws
expect_err "there is a login 'ann' already"

# A password comes from standard input, and what is kept is Argon2id with three passes over 64 MiB.
echo 'four unlikely words here' | ok holdfast user password ann --home ws
ok holdfast user list --home ws
expect_out 'set'
sqlite3 ws/holdfast.db 'select password from login' >kept
grep -qF '$argon2id$v=19$m=65536,t=3,p=1$' kept || fail 'it is kept in another way'
! grep -rqF 'four unlikely words here' ws || fail 'the password itself is in the workspace'
! sqlite3 ws/holdfast.db 'select detail from event' | grep -qE 'argon2|unlikely' || fail 'the ledger tells the password'

refuse() {
	printf '%s' "$1" >password
	expect_exit "$2" sh -c 'holdfast user password ann --home ws <password'
	expect_err "$3"
}
refuse '' 3 'nothing was given'
refuse 'elevenchars' 3 'at least 12 characters'
refuse 'annannannann' 3 "login's own name"
refuse 'AnnAnnAnnAnn' 3 "login's own name"
refuse 'Password1234' 3 'tried first'
refuse 'aaaaaaaaaaaaaaaa' 3 'tried first'
refuse "$(printf 'a tab\tis in this one')" 3 'control character'
refuse "$(printf 'not\377text in utf-8')" 3 'UTF-8'
{ printf 'xy'; head -c 127 /dev/zero | tr '\0' x; } >password
expect_exit 3 sh -c 'holdfast user password ann --home ws <password'
expect_err 'at most 128 characters'
head -c 1025 /dev/zero | tr '\0' x >password
expect_exit 3 sh -c 'holdfast user password ann --home ws <password'
expect_err 'longer than 1024 bytes'
head -c 100000 /dev/zero | tr '\0' x >password
expect_exit 3 sh -c 'holdfast user password ann --home ws <password'
expect_err 'too long'
sqlite3 ws/holdfast.db 'select password from login' | cmp - kept || fail 'a refused password changed the old one'
# Twelve characters are enough, however many bytes they take; 128 are not too many.
printf 'äöüßéèêëàâçñ' >password
ok sh -c 'holdfast user password ann --home ws <password'
{ printf 'xy'; head -c 126 /dev/zero | tr '\0' x; } >password
ok sh -c 'holdfast user password ann --home ws <password'

ok holdfast user disable ann --home ws
expect_out 'disabled'
ok holdfast user disable ann --home ws
expect_out 'already'
ok holdfast user list --home ws --json
expect_json out 'd["logins"][0]["enabled"] is False'
ok holdfast user enable ann --home ws
expect_exit 3 holdfast user disable anm --home ws
expect_err "did you mean 'ann'?"
expect_exit 3 holdfast user add zoe --person PER-12 --home ws
expect_err "there is no person 'PER-12'"
ok holdfast user list --home ws --json
expect_json out 'len(d["logins"]) == 1'

for name in Ann 1st 'a b' '' .ann 'ann"' ann/x 'ann;' änne; do
	expect_exit 3 holdfast user add "$name" --home ws
	expect_err 'is no name for a login'
done
expect_exit 3 holdfast user add "$(head -c 65 /dev/zero | tr '\0' a)" --home ws
expect_err 'at most 64'
ok holdfast user add "$(head -c 64 /dev/zero | tr '\0' a)" --home ws

expect_exit 2 holdfast user --home ws
expect_exit 2 holdfast user add --home ws
expect_err 'needs the name'
expect_exit 2 holdfast user list ann --home ws
expect_exit 2 holdfast user pasword ann --home ws
expect_err "did you mean 'password'?"
expect_exit 2 holdfast user enable ann --person x --home ws
expect_exit 2 holdfast user enable ann --json --home ws
expect_exit 3 holdfast user list --home nowhere

# Whoever looks after logins is one of them; resetting and ending what is not there is no fault.
ok holdfast user promote ann --home ws
expect_out "is an administrator's"
ok holdfast user promote ann --home ws
expect_out 'already'
ok holdfast user demote ann --home ws
ok holdfast user reset-factor ann --home ws
expect_out 'has no second factor'
ok holdfast user end-sessions ann --home ws
expect_out 'Ended 0 sessions'
ok holdfast user add "o'brien+x@example.org" --administrator --external-id 7f3a --home ws
expect_out "user password 'o'"
ok holdfast user list --home ws --json
expect_json out '[l for l in d["logins"] if l["administrator"]][0]["external_id"] == "7f3a"'
expect_exit 3 holdfast user add eve --external-id 7f3a --home ws
expect_err 'external id'
expect_exit 3 holdfast user add eve --organisation nowhere --home ws
expect_exit 2 holdfast user disable ann --administrator --home ws
expect_err "belongs to 'user add'"

# An account at a provider of OpenID Connect: one for each issuer, and nobody else's.
cat >oidc.yaml <<'END'
providers:
- {name: company, issuer: "https://id.example.org/realms/main", client_id: holdfast}
- {name: other, issuer: "https://other.example.org", client_id: holdfast}
END
link() { holdfast user link "$@" --oidc oidc.yaml --home ws; }
ok holdfast user links ann --home ws
expect_out 'linked to no account'
ok link ann --provider company --subject 7f3a
expect_out 'linked to 7f3a at https://id.example.org/realms/main'
ok link ann --provider company --subject 7f3a
expect_exit 3 link ann --provider company --subject 8b21
expect_err 'end that link first'
expect_exit 3 link "o'brien+x@example.org" --provider company --subject 7f3a
expect_err 'another login is linked'
ok link ann --provider other --subject 7f3a
ok holdfast user links ann --home ws --json
expect_json out '[(l["issuer"], l["subject"], l["used_at"]) for l in d["identities"]] == [("https://id.example.org/realms/main", "7f3a", None), ("https://other.example.org", "7f3a", None)]'
expect_exit 3 link ann --provider compny --subject x
expect_err "there is no provider 'compny' in oidc.yaml"
expect_exit 3 link anm --provider company --subject x
expect_err "did you mean 'ann'?"
expect_exit 3 link ann --provider company --subject 'a b'
expect_err 'without blanks'
expect_exit 2 link ann --provider company
expect_err "needs --subject"
expect_exit 2 holdfast user link ann --provider company --subject x --home ws
expect_err "needs --oidc"
expect_exit 3 holdfast user link ann --oidc nowhere.yaml --provider company --subject x --home ws
expect_exit 2 holdfast user links ann --subject x --home ws
expect_err "belongs to 'user link'"
ok holdfast user unlink ann --issuer https://other.example.org --home ws
expect_out 'signed out'
expect_exit 3 holdfast user unlink ann --issuer https://other.example.org --home ws
expect_err 'user links ann'
ok holdfast user links ann --home ws
expect_out '7f3a'

# The first administrator's secret: only while nobody can sign in, and the store does not have it.
expect_exit 3 holdfast user first-link --home ws
expect_err 'somebody can sign in already'
ok holdfast user disable ann --home ws
ok holdfast user first-link --home ws
grep -qxE 'hfl_[0-9a-f]{64}' out || fail 'it is no secret'
! grep -rqF "$(cut -c5- out)" ws || fail 'the secret is in the workspace'
expect_exit 2 holdfast user first-link ann --home ws

ok holdfast verify --home ws
sqlite3 ws/holdfast.db 'select kind, count(*) from event group by kind order by kind' >events
printf '%s\n' 'first_link_made|1' 'identity_linked|2' 'identity_unlinked|1' 'login_added|3' 'login_demoted|1' 'login_disabled|2' 'login_enabled|1' 'login_password_set|3' 'login_promoted|1' \
	'plan_taken_in|1' | cmp - events ||
	fail 'the events are others'
