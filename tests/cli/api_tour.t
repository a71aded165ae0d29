# The tour of docs/api.md, as it would be pasted.
. "$ROOT/tests/cli/serve.sh"
port=$(python3 -I -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0; print "echo" } inside' "$ROOT/docs/api.md" |
	sed "s/127\\.0\\.0\\.1:8700/127.0.0.1:$port/g; s/^holdfast serve .*/holdfast serve --home demo --listen 127.0.0.1:$port 2>serve.log \\&\\nserver=\$!/" >tour
[ "$(grep -c '^curl ' tour)" -ge 12 ] || fail 'few commands are left of the tour'
. ./tour >out 2>err
serve_stop

refute_out 'urn:holdfast:problem'
expect_out '"second_factor_due":false'
grep -q '^Authorization: Bearer hft_' token || fail 'no token'
expect_out '"name":"ann"'
expect_out '"register":"account","total":'
expect_out '"severity":"low"'
expect_out '"severity":"high"'
expect_out '"state":"triaged"'
expect_out '"versions":[{"id":"INC-'
expect_out '"hashes":["'
expect_out '"cells":[{"id":"CEL-'
expect_out '"failures":['
expect_out '"id":"6.5-c"'
ok holdfast verify --home demo
