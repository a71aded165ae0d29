# Wrong usage is exit 2, with the nearest right word where one is near.
ok holdfast version
grep -qE '^holdfast [0-9]+\.[0-9]+\.[0-9]+$' out || fail version
ok holdfast --version
ok holdfast
expect_out 'usage: holdfast COMMAND'
ok holdfast help limits
expect_out 'bytes of one field of a record'

# Every command that the overview lists tells about itself, and needs no workspace for that.
ok holdfast --help
sed -n 's/^  \([a-z]*\) .*/\1/p' out | sort -u >commands
[ "$(wc -l <commands)" -ge 4 ] || fail 'the overview lists hardly a command'
while read -r command; do
	[ "$command" != help ] || continue
	ok holdfast "$command" --help
	expect_out "usage: holdfast $command"
	[ ! -s err ] || fail "$command --help wrote to standard error"
	cp out long
	ok holdfast "$command" -h
	cmp -s out long || fail "$command -h"
	ok holdfast help "$command"
	cmp -s out long || fail "help $command"
	expect_exit 2 holdfast "$command" --hlep
	expect_err "'--hlep' is no option of '$command'; did you mean '--help'?"
	expect_err "Try 'holdfast $command --help'."
	expect_exit 2 holdfast "$command" --home
	expect_err "'--home' needs a value"
	expect_exit 2 holdfast "$command" -x
	expect_err "'-x' is no option"
	if grep -q -e --json long; then
		expect_exit 2 holdfast "$command" --jsno
		expect_err "did you mean '--json'?"
	else
		expect_exit 2 holdfast "$command" --json
		expect_err "'--json' is no option of '$command'"
		refute_err 'did you mean'
	fi
done <commands

expect_exit 2 holdfast inti
expect_err "'inti' is no command; did you mean 'init'?"
expect_err "Try 'holdfast --help'."
[ ! -s out ] || fail 'an error went to standard output'
expect_exit 2 holdfast something-else
refute_err 'did you mean'
expect_exit 2 holdfast ''
expect_exit 2 holdfast --hepl
expect_exit 2 holdfast help inti
expect_err "there is no help on 'inti'; did you mean 'init'?"
expect_exit 2 holdfast version one
expect_err "'one' is one argument too many for 'version'"
expect_exit 2 holdfast version -- --help
expect_err "'--help' is one argument too many"
expect_exit 2 holdfast init --rehearsal=yes --home ws
expect_err "'--rehearsal' takes no value"
expect_exit 2 holdfast init --contnet c --home ws
expect_err "did you mean '--content'?"
expect_exit 2 holdfast init --content
expect_err "'--content' needs a value"

# Which workspace must be said; an empty name is none.
for command in 'holdfast verify' 'holdfast verify --home=' 'env HOLDFAST_HOME= holdfast verify'; do
	# shellcheck disable=SC2086
	expect_exit 2 $command
	expect_err 'say which workspace: --home DIR, or HOLDFAST_HOME in the environment'
done
expect_exit 3 env HOLDFAST_HOME=there holdfast verify
expect_err "there is no workspace in 'there'"
expect_exit 3 env HOLDFAST_HOME=there holdfast verify --home here
expect_err "there is no workspace in 'here'"
expect_exit 3 holdfast verify --home here --home=last
expect_err "there is no workspace in 'last'"

# What somebody typed does not steer the terminal of who reads the message.
expect_exit 2 holdfast "$(printf 'a\033[31mb\302\2331mc\nd')"
grep -q "$(printf '\033')" err && fail 'an escape reached the terminal'
grep -q "$(printf '\302\233')" err && fail 'an escape of the C1 set reached the terminal'
[ "$(wc -l <err)" -eq 2 ] || fail 'a line break was passed on'
