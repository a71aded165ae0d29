. ./lib.sh
mkdir tests/cli bin
cp "$root/tests/cli/run.sh" "$root/tests/cli/lib.sh" tests/cli/
file bin/holdfast <<'END'
#!/bin/sh
echo '{"a": [1, 2]}'
echo trouble >&2
exit "${1:-0}"
END
chmod +x bin/holdfast

file tests/cli/good.t <<'END'
[ -z "$(ls)" ]
ok holdfast
expect_exit 3 "$HOLDFAST" 3
expect_out '"a": [1'
expect_err trouble
refute_out trouble
expect_json out 'd["a"] == [1, 2]'
[ -e "$ROOT/tests/cli/lib.sh" ]
END
accepts tests/cli/run.sh bin/holdfast
grep -qx '1 passed, 0 failed' log

for line in 'expect_exit 0 holdfast 1' 'ok holdfast 1' 'ok holdfast; expect_out trouble' 'ok holdfast; expect_err calm' \
	'ok holdfast; refute_err trouble' 'ok holdfast; refute_out a' 'ok holdfast; expect_json out "len(d) == 2"' \
	'ok holdfast; expect_json err "True"' 'false; true' 'echo $unset' 'no_such_command' 'while :; do sleep 1; done'; do
	echo "$line" >tests/cli/bad.t
	refuses 'not ok bad' env CLI_SECONDS=3 tests/cli/run.sh bin/holdfast
	grep -qx '1 passed, 1 failed' log
done
accepts tests/cli/run.sh bin/holdfast 'go+d|none'
accepts env CLI_BUT=bad tests/cli/run.sh bin/holdfast
refuses '0 passed, 0 failed' tests/cli/run.sh bin/holdfast nothing
refuses "$project/bin/none: not there" tests/cli/run.sh bin/none
