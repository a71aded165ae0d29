# Signing in by a real provider: glewlwyd, as Debian has it.
. "$ROOT/tests/cli/oidc.sh"
oidc glewlwyd
ok holdfast verify --home ws
