# Tokens that do not hold: nobody is signed in with one.
. "$ROOT/tests/cli/oidc.sh"
oidc tokens
