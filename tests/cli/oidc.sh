# oidc.sh -- for tests of signing in by a provider: logins of a new workspace ws, what providers need, and
#
#   oidc TOPIC...   tries what oidc_cases.py has of that, against a server with providers; its log is serve.log
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast init --home ws
for name in ann eve gone amr; do
	ok holdfast user add "$name" --home ws
	printf '%s\n' "$PASSWORD" | ok holdfast user password "$name" --home ws
done
ok holdfast user add root --administrator --home ws
printf '%s\n' "$PASSWORD" | ok holdfast user password root --home ws
ok holdfast user add ann@corp.example --home ws

printf '%s\n' 'a secret: with + and %' >secret
chmod 600 secret
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=test' -addext \
	'subjectAltName=IP:127.0.0.1' 2>/dev/null

oidc() {
	HOLDFAST=$HOLDFAST ROOT=$ROOT python3 -I - "$@" <<-'END' || fail 'as told above'
		import os, sys
		sys.path.insert(0, os.environ["ROOT"] + "/tests/cli")
		sys.dont_write_bytecode = True
		import oidc_cases
		oidc_cases.run(sys.argv[1:], os.environ["PASSWORD"])
	END
}
