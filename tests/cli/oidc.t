# Signing in by a provider of OpenID Connect that plays by the rules; what a browser may not be made to do; other
# providers on SIGHUP; and configurations that are none.
. "$ROOT/tests/cli/oidc.sh"
oidc ordinary way reload
ok holdfast verify --home ws
# Neither secret nor code is in the log, nor what a provider said in a token.
refute() { ! grep -qF -e "$1" serve.log || fail "the log has '$1'"; }
refute 'a secret'
refute 'code-1'

# A configuration that is none.
config() { printf '%s\n' "$@" >bad.yaml; }
refused() {
	expect_exit "$1" holdfast serve --home ws --listen 127.0.0.1:0 --public-url http://localhost:1 --oidc bad.yaml
	expect_err "$2"
}
provider='providers: [{name: test, issuer: "https://id.example.org", client_id: holdfast'
config "$provider}]"
expect_exit 2 holdfast serve --home ws --listen 127.0.0.1:0 --oidc bad.yaml
expect_err '--public-url'
config "$provider, link_by_mail: true}]"
refused 3 "did you mean 'link_by_email'"
config "$provider, client_secret_file: secret}]"
chmod 604 secret
refused 3 "others can read 'secret'"
config "$provider, client_secret_file: nowhere}]"
refused 3 nowhere
head -c 5000 /dev/zero | tr '\0' x >long
chmod 600 long
config "$provider, client_secret_file: long}]"
refused 3 'larger than 4096 bytes'
config 'providers: [{name: test, issuer: "http://id.example.org", client_id: holdfast}]'
refused 3 'must begin with https://'
config 'providers: [{name: test, issuer: "http://localhost:1", client_id: holdfast}]'
refused 3 'must begin with https://'
config 'providers: [{name: test, issuer: "https://id.example.org/?a=b", client_id: holdfast}]'
refused 3 'has a query in it'
config 'providers: [{name: test, issuer: "https://me:pass@id.example.org", client_id: holdfast}]'
refused 3 'a user, a password or a fragment'
config 'providers: [{name: "a/b", issuer: "https://id.example.org", client_id: holdfast}]'
refused 3 "'a/b' is no name"
config "providers:" '- {name: a, issuer: "https://id.example.org", client_id: x}' '- {name: a, issuer: "https://b.example.org", client_id: x}'
refused 3 "there is a provider 'a' already"
config "providers:" '- {name: a, issuer: "https://id.example.org", client_id: x}' '- {name: b, issuer: "https://id.example.org", client_id: x}'
refused 3 'a provider with this issuer already'
config "providers:" "$(for i in $(seq 17); do echo "- {name: p$i, issuer: \"https://$i.example.org\", client_id: x}"; done)"
refused 3 'at most 16 providers'
config "providers: [{name: a, issuer: \"https://$(head -c 520 long).example.org\", client_id: x}]"
refused 3 'at most 512 bytes'
