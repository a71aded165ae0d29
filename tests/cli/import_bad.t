# Each kind of bad input: a clear message, exit 3, and what was there stays as it was.
export HOLDFAST_HOME=ws
ok holdfast init
printf 'key,name\nann,Ann\n' >person.csv
ok holdfast import person.csv
holdfast export person >before.csv 2>/dev/null

# A file that is bad as a whole changes nothing at all.
whole() {
	message=$1
	shift
	expect_exit 3 holdfast import "$@"
	expect_err "$message"
	holdfast export person >after.csv 2>/dev/null
	cmp before.csv after.csv || fail "the register was changed"
}

# A bad row is named with line and column, and the good row beside it is in. Then all is taken back.
row() {
	message=$1
	shift
	expect_exit 3 holdfast import "$@"
	expect_out "$message"
	[ "$(holdfast export "${reg:-person}" 2>/dev/null | grep -c '^good')" -eq 1 ] || fail "the good row is not in"
}

printf 'key,nmae\nbob,Bob\n' >person.csv
whole "register 'person' has no field 'nmae'; did you mean 'name'?" person.csv
printf 'name\nBob\n' >person.csv
whole "there is no column 'key'" person.csv
printf 'key,name,key\nbob,Bob,x\n' >person.csv
whole "the columns 'key' and 'key'" person.csv
printf '' >person.csv
whole 'the file is empty' person.csv
printf 'key,name\n' >person.csv
whole 'the file holds no rows' person.csv
printf 'key,name\nbob,"Bob\n' >person.csv
whole 'the quote opened in line 2 is never closed' person.csv
mkdir person-folder.csv
whole 'it is a folder' person-folder.csv
whole 'it does not exist' person-missing.csv
head -c 5000 "$HOLDFAST" >person-binary.csv
whole 'person-binary.csv' person-binary.csv
printf 'key,name\nbob,Bob\n' >persno.csv
whole "there is no register 'persno'; did you mean 'person'?" persno.csv
whole "there is no register 'nothing'" --register nothing persno.csv
whole "is written by Holdfast itself only" --register failure persno.csv
whole "there is no organisation 'hoem'" --register person --organisation hoem persno.csv
printf '\377\376k\0e\0y\0\n\0' >person.csv
whole 'UTF-16' person.csv
printf '{"holdfast":"delivery","version":9}\n' >m.jsonl
whole 'use a newer Holdfast' m.jsonl
cp before.csv person.csv
whole 'm.jsonl' person.csv m.jsonl

# Root may read everything, unless it gives that up.
printf 'key,name\nbob,Bob\n' >person.csv
if [ "$(id -u)" -eq 0 ]; then
	chown 65534 person.csv
	chmod 600 person.csv
	expect_exit 3 setpriv --bounding-set=-dac_override,-dac_read_search holdfast import person.csv
else
	chmod 000 person.csv
	expect_exit 3 holdfast import person.csv
fi
expect_err 'permission denied'
rm -f person.csv

# Rows.
printf 'key,name,worker_type,leave_date\ngood,Good,permanent,\nb1,B,permanant,\n' >person.csv
row "person.csv:3: worker_type: 'permanant' is no value of 'worker_type'; did you mean 'permanent'?" person.csv
for day in 2026-02-31 2026-13-01 0000-01-01 2026-2-1 31.12.2026; do
	printf 'key,name,leave_date\ngood,Good,\nb1,B,%s\n' $day >person.csv
	row "person.csv:3: leave_date: '$day' is no date that exists" person.csv
done
printf 'key,name\ngood,Good\nb1,B\377\n' >person.csv
row 'person.csv:3: column 2: byte 0xFF at offset 1 of the field is not UTF-8' person.csv
printf 'key,name\ngood,Good\nb1,B\000B\n' >person.csv
row 'person.csv:3: column 2: a NUL byte' person.csv
printf 'key,name\ngood,Good\nb1\nb2,B,B\n' >person.csv
row 'person.csv:3: the row has 1 columns, the header has 2' person.csv
expect_out 'person.csv:4: the row has 3 columns, the header has 2'
printf 'key,name\ngood,Good\nb1,Bob "B" B\n"b2"x,Bob\n' >person.csv
row 'person.csv:4: column 1: text follows the closing quote' person.csv
printf 'key,name\ngood,Good\ndup,B\ndup,B2\n' >person.csv
row 'person.csv:4: key: the key is already in line 3' person.csv
printf 'key,name\ngood,Good\n,B\n' >person.csv
row 'person.csv:3: key: the key is empty' person.csv
printf 'key,name\ngood,Good\nb1,\n' >person.csv
row "person.csv:3: name: 'name' must be given" person.csv
printf 'key,name,state\ngood,Good,engaged\nb1,B,asleep\n' >person.csv
row "person.csv:3: state: 'asleep' is no state of register 'person'" person.csv
printf 'key,name,organisation\ngood,Good,\nb1,B,nowhere\n' >person.csv
row "person.csv:3: organisation: there is no organisation 'nowhere'" person.csv
printf 'key,name,line_manager\ngood,Good,\nb1,B,goood\n' >person.csv
row "person.csv:3: line_manager: there is no person 'goood' now; did you mean 'good'?" person.csv
printf 'key,name,line_manager\ngood,Good,\nb1,B,b2\nb2,B,b3\nb3,B,b1\nb4,B,b3\n' >person.csv
row "person.csv:3: line_manager: it stands in a circle" person.csv
expect_out "person.csv:5: line_manager: it stands in a circle"
expect_out "person.csv:6: line_manager: the record that it refers to was rejected"
reg=asset
printf 'key,impact_level\ngood,3\nb1,9007199254740993\nb2,99999999999999999999999\nb3,three\n' >asset.csv
row "asset.csv:3: impact_level: '9007199254740993' is too large" asset.csv
expect_out "asset.csv:4: impact_level"
expect_out "asset.csv:5: impact_level"
reg=person

# A field of 50 MB: the row is too long, and little memory is needed to say so.
{
	printf 'key,name\ngood,Good\nb1,'
	head -c 50000000 /dev/zero | tr '\0' x
	printf '\nafter,After\n'
} >person.csv
row 'person.csv:3: the row is longer than' person.csv
holdfast export person 2>/dev/null | grep -q '^after,' || fail "the row after the long one is not in"
{
	printf '{"register":"person","key":"good","name":"Good"}\n{"register":"person","key":"b1","name":"'
	head -c 50000000 /dev/zero | tr '\0' x
	printf '"}\n{"register":"person","key":"after2","name":"x"}\n'
} >long.jsonl
row 'long.jsonl:2: the line is too long' long.jsonl
holdfast export person 2>/dev/null | grep -q '^after2,' || fail "the line after the long one is not in"

# JSON lines.
cat >rows.jsonl <<'END'
{"register":"person","key":"good","name":"Good"}
{"register":"person","key":"b1","nmae":"B"}
{"register":"persons","key":"b1"}
{"key":"b1"}
{"register":"person","name":"B"}
{"register":"person","key":"b1","name":"B"
["person"]
{"register":"cell","key":"x"}
{"register":"person","key":"b2","name":{"a":1}}
END
row "rows.jsonl:2: nmae: register 'person' has no field 'nmae'; did you mean 'name'?" rows.jsonl
expect_out "rows.jsonl:3: register: there is no register 'persons'; did you mean 'person'?"
expect_out 'rows.jsonl:4: register: the row does not name its register'
expect_out 'rows.jsonl:5: key: the row has no key'
expect_out 'rows.jsonl:6: JSON line 1'
expect_out 'rows.jsonl:7: the line is no JSON object'
expect_out 'rows.jsonl:8: register: only Holdfast itself writes this register'
expect_out "rows.jsonl:9: name: 'name' has a value of the wrong kind"

# What a restricted register holds is not told, whatever is wrong with it.
cat >personnel_case.csv <<'END'
key,person,kind,opened_on
c1,anneliese,leaver,
c2,ann,secretkind,
END
expect_exit 3 holdfast import personnel_case.csv
refute_out anneliese
refute_out secretkind

# No good row: nothing is in, and the delivery is recorded as one that brought nothing.
printf 'key,name,leave_date\nb1,B,never\n' >person.csv
expect_exit 3 holdfast import --source hr person.csv
expect_out 'No row could be taken in'
holdfast export delivery --source holdfast 2>/dev/null | grep '^person/hr/' | grep -q ',1,0,0,0,0,1,' || fail "the delivery is not recorded"

# Separators, byte order mark, line ends.
printf '\357\273\277key;name;team\r\ngood;"Go;od";A\r\n' >person.csv
ok holdfast import person.csv
printf 'key\tname\tteam\ngood\tGo;od\tA\n' >person.csv
ok holdfast import --json person.csv
expect_json out 'd["total"]["unchanged"] == 1'
printf 'key,name,team\rgood,Go;od,A\r' >person.csv
ok holdfast import --json person.csv
expect_json out 'd["total"]["unchanged"] == 1'
ok holdfast verify
