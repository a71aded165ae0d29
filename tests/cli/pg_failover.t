# The primary is killed under load and the standby takes over: what was acknowledged is there, and the writers go on.
. "$ROOT/tests/cli/small_plan.sh"
. "$ROOT/tests/cli/server.sh"
small_content content
server_start first 'wal_level = replica' 'max_wal_senders = 5' 'synchronous_commit = on'
ok holdfast init --home node1 --content content --store "$(store_of first second)"
standby_start second first
primary_waits first second
# Another node is the same folder on another machine.
cp -R node1 node2

"$write_load" node1 one 4 12 answers.one &
one=$!
"$write_load" node2 two 4 12 answers.two &
two=$!
wait_for 10 answers_reach 200
server_kill first
before=$(cat answers.* | grep -c '^kept ')
sleep 1
server_promote second
wait $one || fail 'the load of node 1 met an error that no second try mends'
wait $two || fail 'the load of node 2 met an error that no second try mends'

writes_hold second
[ "$acknowledged" -gt $((before + 200)) ] || fail 'the nodes did not go on after the standby took over'
[ "$(grep -Evc '^(kept|busy|connection_lost) ' answers || true)" -eq 0 ] || fail 'an error that cannot be tried again'
ok holdfast verify --home node1
ok holdfast verify --home node2
