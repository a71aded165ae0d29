#!/bin/sh
# attack.sh [BINARY] -- slowhttptest, sqlmap, wapiti and testssl.sh against a private server with a demo in it, each for
# ATTACK_SECONDS (150) or a few times as long. What they find fails, but for what tools/attack.accepted explains. Output of the tools stays
# in build/attack.
set -eu
cd "$(dirname "$0")/.."
binary=$PWD/${1:-build/holdfast}
seconds=${ATTACK_SECONDS:-150}
accepted=$PWD/tools/attack.accepted
out=$PWD/build/attack
. tools/count.sh
servers=
for tool in slowhttptest sqlmap wapiti testssl curl openssl python3; do
	command -v $tool >/dev/null || { echo "$tool: not there; tools/setup.sh soak installs it" >&2; exit 1; }
done
[ -x "$binary" ] || { echo "$binary: not there; build it first" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out"
chmod 700 "$out"
cd "$out"
# What the tools keep of themselves goes there too.
HOME=$out
export HOME
# shellcheck disable=SC2086 # the list is words on purpose
trap '[ -z "$servers" ] || kill $servers' EXIT
trap 'exit 1' HUP INT TERM

# serve NAME [OPTION...]: sets $port.
serve() {
	name=$1
	shift
	: >"$name.log"
	"$binary" serve --home ws --listen 127.0.0.1:0 "$@" >/dev/null 2>>"$name.log" &
	servers="$servers $!"
	tries=600
	until port=$(sed -n 's/.*"event":"listening","message":"[^"]*:\([0-9]*\)".*/\1/p' "$name.log") && [ -n "$port" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { cat "$name.log" >&2; exit 1; }
		sleep 0.1
	done
}

# judge TOOL WHAT: reads findings, a line each. Those that are not accepted fail.
judge() {
	status=0
	sed -n "s/^$1: \(.*\) -- .*/\1/p" "$accepted" >"$1.accepted"
	grep -vxF -f "$1.accepted" >"$1.left" || true
	[ ! -s "$1.left" ] || status=1
	count $status "$2, $(wc -l <"$1.left") findings beside the accepted ones"
	sed 's/^/    /' "$1.left"
}

"$binary" demo --home ws --records 3000 --months 1 --seed 1 >/dev/null 2>demo.log
"$binary" user add ann --person QS-10016 --home ws >/dev/null 2>&1
echo 'correct horse battery 9' | "$binary" user password ann --home ws >/dev/null 2>&1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 365 \
	-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
chmod 600 key.pem
serve tls --tls-cert cert.pem --tls-key key.pem
secure=https://127.0.0.1:$port
serve plain
plain=http://127.0.0.1:$port
api=$plain/api/v1
curl -s -c ann "$api/session" --json '{"name": "ann", "password": "correct horse battery 9"}' >/dev/null
token=$(curl -s -b ann "$api/me/tokens" --json '{"name": "attack", "days": 1, "writes": true}' |
	sed -n 's/.*"token":"\([^"]*\)".*/Authorization: Bearer \1/p')
[ -n "$token" ] || { echo 'no token can be made' >&2; exit 1; }

# While clients are slow, others are answered, and the slow ones are cut off: the tool sees that, or where the kernel has the rest
# of a reply for them still, the server has no connections any more.
slow() {
	what=$1
	shift
	slowest=0
	timeout -k 5 $((seconds + 10)) slowhttptest -c 500 -r 200 -l "$seconds" -p 5 "$@" >"slow.$what" 2>&1 &
	tool=$!
	status=0
	probes=0
	peaked=
	dropped=
	while kill -0 $tool 2>/dev/null; do
		took=$(curl -s -o /dev/null -m 10 -w '%{http_code} %{time_total}' $plain/readyz) || true
		case $took in
		"200 "*) ;;
		*) status=1; echo "    /readyz: $took" ;;
		esac
		slowest=$(printf '%s\n%s\n' "$slowest" "${took#* }" | sort -g | tail -n 1)
		probes=$((probes + 1))
		open=$(curl -s -m 10 $plain/metrics | sed -n 's/^holdfast_http_connections //p') || true
		[ "${open:-0}" -lt 400 ] || peaked=yes
		if [ -n "$peaked" ] && [ "${open:-500}" -le 10 ]; then
			dropped=yes
			kill $tool 2>/dev/null || true
		fi
		sleep 0.5
	done
	wait $tool || [ -n "$dropped" ] || status=1
	[ $probes -gt 1 ] || status=1
	[ -n "$dropped" ] || grep -q 'No open connections left' "slow.$what" || status=1
	count $status "slowhttptest, 500 connections with slow $what, others waited ${slowest} s at most"
}
slow headers -H -i 3 -u $plain/readyz
slow bodies -B -i 3 -s 8192 -t POST -f application/json -u "$api/session"
# The kernel takes as much of a reply as it has room for: what is read slowly is the rest.
slow replies -X -w 512 -y 1024 -n 5 -z 32 -k 3 -u "$api/openapi.json"
slow ranges -R -a 10 -b 3000 -u $plain/readyz

# sqlmap URL...: into filters, order, pages, paths, and a body.
injected=0
inject() {
	injected=$((injected + 1))
	timeout -k 5 "$seconds" sqlmap --batch --disable-coloring --flush-session --output-dir=sqlmap --ignore-code='*' --level 2 \
		--time-sec 5 --technique BEUST -H "$token" "$@" >"sqlmap.$injected" 2>&1 || echo "sqlmap of $* ended with $?" >>sqlmap.found
	grep -q 'all tested parameters do not appear to be injectable' "sqlmap.$injected" || {
		echo "$*: no end, see build/attack/sqlmap.$injected" >>sqlmap.found
		grep -iE "injectable|Payload:|vulnerable" "sqlmap.$injected" | grep -v 'does not seem' >>sqlmap.found || true
	}
}
: >sqlmap.found
inject -u "$api/registers/account/records?filter=login%3D%22x*%22&sort=key&fields=key"
inject -u "$api/registers/account/records?sort=key*&fields=key*&limit=2*&after=x*"
inject -u "$api/cells?obligation=6.5-c*&organisation=quillstone*"
inject -u "$api/records/ACC-1*" --level 1
inject -u "$api/registers/account*/records" --level 1
inject -u "$api/registers/incident/records" --method POST -H 'Content-Type: application/json' \
	--data '{"organisation": "quillstone", "client_reference": "x*", "coordinator": "QS-10016*"}' --level 1
judge sqlmap "sqlmap, $(grep -c '"event":"request"' plain.log) requests by now" <sqlmap.found

# Those of its modules that need no other host.
timeout -k 5 $((2 * seconds)) wapiti -u $plain/ --scope domain -H "$token" --max-scan-time "$seconds" --flush-session --no-bugreport \
	-s "$api/me" -s "$api/registers" -s "$api/registers/account/records?filter=key%3Dx&sort=key&fields=key&limit=2&after=x" \
	-s "$api/failures?obligation=6.5-c&organisation=quillstone" -s "$api/records/ACC-1?fields=key" \
	-m backup,blindsql,buster,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,xss \
	-f json -o wapiti.json >wapiti.out 2>&1 || true
python3 -I -c '
import json
with open("wapiti.json") as file:
    report = json.load(file)
for kind in "vulnerabilities", "anomalies":
    for name, rows in report[kind].items():
        for row in rows:
            print("%s: %s" % (name, row["info"]))' >wapiti.found 2>&1 || true
judge wapiti "wapiti, $(grep -c '"event":"request"' plain.log) requests by now" <wapiti.found

timeout -k 5 $((4 * seconds)) testssl --quiet --color 0 --warnings off --openssl-timeout 5 -p -s -f -S -h -U --jsonfile testssl.json \
	"$secure/healthz" >testssl.out 2>&1 || echo "testssl ended with $?" >testssl.ended
python3 -I -c '
import json, os
with open("testssl.json") as file:
    rows = json.load(file)
for row in rows:
    if row["severity"] not in ("OK", "INFO"):
        print("%s: %s" % (row["id"], row["finding"]))
if len(rows) < 50 or os.path.exists("testssl.ended"):
    print("it did not come to its end, see build/attack/testssl.out")' >testssl.found 2>&1 || true
judge testssl "testssl.sh" <testssl.found

# After all that it serves, nothing it was not told to is in the store, and it can be proven.
status=0
[ "$(curl -s -m 10 $plain/readyz)" = ready ] || status=1
# shellcheck disable=SC2086
kill $servers
# shellcheck disable=SC2086
wait $servers || status=1
servers=
"$binary" verify --home ws >verify.log 2>&1 || { status=1; cat verify.log; }
! grep -hE '"status":5[0-9][0-9]' plain.log tls.log | grep -v '"status":50[135]' >errors || status=1
head -n 5 errors
count $status "the server serves after it, ends well, met no fault of its own, and its store holds"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
