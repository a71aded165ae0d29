# The connection is cut while a commit waits for the standby: kept on the primary, but perhaps nowhere else. What is
# acknowledged must outlive the primary all the same.
. "$ROOT/tests/cli/small_plan.sh"
. "$ROOT/tests/cli/server.sh"
small_content content
server_start first 'wal_level = replica' 'max_wal_senders = 5' 'synchronous_commit = on'
ok holdfast init --home ws --content content --store "$(store_of first second)"
standby_start second first
primary_waits first second

waiting="select pid from pg_stat_activity where wait_event = 'SyncRep'"
commit_waits() {
	[ -n "$(query first "$waiting")" ]
}

# interrupt HOW: while the standby stands still. The writer must say nothing until the standby has the change.
interrupt() {
	server_signal second STOP
	wait_for 30 commit_waits
	kept=$(cat answers.* | grep -c '^kept ')
	was=$(query first "$waiting")
	query first "select $1($was)" >/dev/null
	sleep 0.5
	wait_for 30 commit_waits
	[ "$(cat answers.* | grep -c '^kept ')" = "$kept" ] || fail "$1: acknowledged before the standby had it"
}
"$write_load" ws one 4 100 answers.one &
load=$!
wait_for 60 answers_reach 100
for how in pg_cancel_backend pg_terminate_backend; do
	interrupt $how
	server_signal second CONT
	wait_for 60 answers_reach $((kept + 100))
done

# And now it never gets it: the primary dies while it is asked, and the standby knows nothing of the change.
interrupt pg_cancel_backend
server_kill first
server_signal second CONT
sleep 1
server_promote second
wait_for 60 answers_reach $((kept + 100))
load_end $load
writes_hold second
ok holdfast verify --home ws
