# A server that is killed while many write to it: all that it had said is there, what it had not said is made once when it
# is asked again, and the ledger holds.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
. "$ROOT/tests/cli/crash.sh"
ok holdfast demo --home ws --records 3000 --months 1 --seed 7
crash_rounds 3
crash_look
