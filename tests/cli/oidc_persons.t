# Whose login it is: links by address, by owners and by administrators, second factors, and logins that may not sign in.
. "$ROOT/tests/cli/oidc.sh"
oidc persons
ok holdfast verify --home ws
