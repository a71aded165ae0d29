# `make run` when all is built: a server, a link, and the tour of docs/api.md, which works as it is pasted.
mkdir -p checkout/build
cp -R "$ROOT/tools" "$ROOT/docs" checkout
ln -s "$HOLDFAST" checkout/build/holdfast
taken=
trap 'checkout/tools/run.sh stop; [ -z "$taken" ] || kill "$taken"' EXIT
trap 'exit 1' HUP INT TERM
ok holdfast demo --home checkout/build/demo --records 3000 --months 2 --seed 1

# Whatever has the port already, the server takes another one.
python3 -I -c '
import socket, time
s = socket.socket()
try:
    s.bind(("127.0.0.1", 8700))
    s.listen()
except OSError:
    pass
open("taken", "w").close()
time.sleep(1000)' &
taken=$!
until [ -e taken ]; do sleep 0.05; done
ok checkout/tools/run.sh
refute_out '127.0.0.1:8700'
expect_out 'runs until: make stop'
sed '1,/^A tour of the API/d' out >tour
[ "$(grep -c '^curl ' tour)" -ge 17 ] || fail 'few commands are left of the tour'
# A shell that is pasted to goes on after a command that fails.
sh tour >out 2>err

expect_out '"enrolment_due":true'
expect_out '"recovery_codes":['
expect_out '"name":"ann","person":"PER-'
expect_out '"has_password":true'
expect_out '"roles":[{"role":"service_desk"'
expect_out '"failures":[{"id":"FAI-'
expect_out '"cells":[{"id":"CEL-'
expect_out '{"id":"ACC-'
expect_out '{"versions":[{"id":"ACC-'
expect_out '"hashes":["'
expect_out '"register":"account","total":'
expect_out '"severity":"low"'
expect_out '"state":"triaged"'
expect_out '"severity":"high"'
expect_out 'urn:holdfast:problem:stale'
[ "$(grep -o 'urn:holdfast:problem' out | wc -l)" -eq 1 ] || fail 'the tour is refused more than its last change'
[ ! -s err ] || fail 'the tour says something on standard error'
kept=$(dirname "$(find "$TMPDIR" -name entry.tlog-proof)")
ok holdfast verify --receipt "$kept/entry.tlog-proof" --entry "$kept/entry.json" --key "$kept/ledger.pub"
expect_out 'ok: the entry stands at'

# Again, when the server was killed; it is the one that is ended and not another program.
first=$(cat checkout/build/demo.pid)
kill -9 "$first"
ok checkout/tools/run.sh
expect_out 'Somebody can sign in already'
second=$(cat checkout/build/demo.pid)
[ "$first" != "$second" ]
ok checkout/tools/run.sh
# One that has ended and that nobody has asked for has no folder any more.
[ ! -e "/proc/$second/cwd" ] || fail 'the server before runs still'
rm -r checkout/build/demo
ok checkout/tools/run.sh stop
expect_out 'The server on build/demo has ended.'
echo "$taken" >checkout/build/demo.pid
ok checkout/tools/run.sh stop
kill -0 "$taken"
