# Lists: registers, filters, order, pages by cursor, and what is said when they are asked amiss.
export HOLDFAST_HOME=ws
ok holdfast init
printf 'key,name,leave_date,team\nann,Ann Smith,,desk\nbob,"Bob, the elder",2026-03-31,desk\neve,=Eve,2026-04-01,\n' >person.csv
printf 'key,login,kind,person,enabled,state,permissions\n' >account.csv
for i in 1 2 3 4 5 6 7; do
	printf 'a%s,u%s,%s,%s,yes,active,read;write\n' $i $i "$([ $i -gt 5 ] && echo privileged || echo user)" \
		"$([ $i -lt 4 ] && echo ann || echo bob)" >>account.csv
done
ok holdfast import person.csv account.csv

# Without a register: all of them.
ok holdfast list
grep -Eq '^account +Accounts +7$' out || fail 'the accounts are not counted'
ok holdfast list --json
expect_json out '{r["register"]: r["records"] for r in d}["person"] == 3 and len(d) > 40'
expect_exit 2 holdfast list --sort name
expect_err "'--sort' needs a register"

ok holdfast list account
grep -Eq '^ACC-3 +a3 +integrator +active +u3 +user +yes +ann$' out || fail 'account a3 is not shown as expected'
expect_out '7 records in all.'
refute_out 'Next page'
ok holdfast list account kind=privileged person=bob --fields key --sort -login
[ "$(sed -n 's/^ACC-[0-9]* *//p' out | tr '\n' ' ')" = 'a7 a6 ' ] || fail 'not a7 and a6'
expect_out '2 records in all.'
ok holdfast list account kind=service
[ "$(cat out)" = 'No such records.' ] || fail 'an empty list is not said to be empty'
ok holdfast list person 'leave_date<2026-04-01' --fields name --limit 1
expect_out 'Bob, the elder'
expect_out '1 record in all.'
ok holdfast list person 'name="Bob, the elder","=Eve"' --json --fields key
expect_json out '[r["key"] for r in d["records"]] == ["bob", "eve"] and d["total"] == 2 and d["total_is_exact"]'

# Pages follow one another by what is printed, to the end, also with blanks and quotes in the words.
run='holdfast list account --sort -key --fields key permissions=write --limit 3 person!=eve'
: >keys
pages=0
while [ -n "$run" ]; do
	sh -c "$run" >out 2>err || fail "the next page does not work: $run"
	sed -n 's/^ACC-[0-9]* *//p' out >>keys
	run=$(sed -n '/^Next page:$/,$s/^  //p' out)
	pages=$((pages + 1))
done
[ $pages -eq 3 ] || fail "$pages pages instead of 3"
[ "$(tr '\n' ' ' <keys)" = 'a7 a6 a5 a4 a3 a2 a1 ' ] || fail 'the pages do not give every record once'
ok holdfast list person 'name~ the ' team=desk, --limit 1 --home ws --fields 'key, name'
ok holdfast list person team=desk, --limit 1 --fields 'key, name'
sh -c "$(sed -n '/^Next page:$/,$s/^  //p' out)" >out || fail 'the next page does not work'
expect_out 'Bob, the elder'

# A record that goes while somebody turns pages moves no other.
ok holdfast list account --limit 2 --json --fields key
next=$(sed -n 's/^  "next": "\(.*\)"$/\1/p' out)
sleep 1
then=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1
grep -v '^a1,' account.csv >fewer.csv
mv fewer.csv account.csv
ok holdfast import --full account.csv
ok holdfast list account --limit 2 --json --fields key --after "$next"
expect_json out '[r["key"] for r in d["records"]] == ["a3", "a4"] and d["total"] == 6'
expect_exit 3 holdfast list account kind=user --after "$next"
expect_err 'the cursor is damaged, or of a list with another register, filter, order or time'

# The past has its own lists, and its pages follow one another too.
ok holdfast list account --as-of "$then" --limit 2 --json --fields key
expect_json out '[r["key"] for r in d["records"]] == ["a1", "a2"] and d["total"] == 7'
ok holdfast list account --as-of "$then" --limit 6 --sort -key --fields key
expect_out 'As of '
sh -c "$(sed -n '/^Next page:$/,$s/^  //p' out)" >out || fail 'the next page of the past does not work'
grep -qx 'ACC-1   a1' out || fail 'the past has no last page'
ok holdfast list --as-of "$then"
grep -Eq '^account +Accounts +7$' out || fail 'the accounts of the past are not counted'

# Asked amiss.
expect_exit 3 holdfast list acount
expect_err "there is no register 'acount'; did you mean 'account'?"
expect_exit 3 holdfast list account lgoin=u1
expect_err "register 'account' has no field 'lgoin'; did you mean 'login'?"
expect_exit 3 holdfast list account kind=privilegd
expect_err "'privilegd' is no value of 'kind'; did you mean 'privileged'?"
expect_exit 3 holdfast list account u1
expect_err "'u1' is no filter; write FIELD=VALUE"
ok holdfast list account "login=u1' or '1'='1"
expect_out 'No such records.'
ok holdfast list account "login~' or 1=1 --"
expect_out 'No such records.'
expect_exit 3 holdfast list account --sort 'login; drop table account'
expect_err 'has no field'
expect_exit 3 holdfast list account --fields 'key,"state"'
expect_exit 3 holdfast list account --limit 501
expect_err 'the limit must be from 1 to 500'
expect_exit 2 holdfast list account --limit 0
expect_exit 2 holdfast list account --limit many
expect_exit 2 holdfast list account --fields "$(echo login kind enabled deleted_at person created_at last_used_at permissions ticket change system owner | tr ' ' ,)"
expect_err 'a table shows at most 11 fields'
