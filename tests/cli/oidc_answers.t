# Providers that are down, slow, talk too much, send elsewhere, or change their keys.
. "$ROOT/tests/cli/oidc.sh"
oidc keys answers often
