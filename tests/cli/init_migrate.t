# A changed plan: what can be added is, and what would lose or bend recorded history is refused.
. "$ROOT/tests/cli/small_plan.sh"
small_content content
ok holdfast init --home ws --content content
schema() {
	sqlite3 ws/holdfast.db "select name, sql from sqlite_master order by name" "select * from register_shape" \
		"select * from meta" "select count(*) from ledger_leaf"
}

# change FILE SED: a fresh copy of the content with one edit.
change() {
	rm -rf changed
	cp -R content changed
	sed -i "$2" "changed/$1"
	! cmp -s "content/$1" "changed/$1" || fail "the edit changed nothing: $2"
}

# refuse TEXT...: init of the changed content is refused with these words, and nothing is changed.
refuse() {
	schema >before
	find ws -name '*.yaml' -exec sha256sum {} + | sort >>before
	expect_exit 3 holdfast init --home ws --content changed
	for text in "$@"; do
		expect_err "$text"
	done
	schema >after
	find ws -name '*.yaml' -exec sha256sum {} + | sort >>after
	cmp before after || fail "a refused change left something behind"
}

thing=registers/thing.yaml
change $thing '/name: size/d'
refuse "register 'thing' lost its field 'size'" 'put it back'
change $thing 's/name: size, type: int/name: size, type: text/'
refuse "field 'size' of register 'thing' was int and is now text"
change $thing 's/name: subject, type: text/name: subject, type: int/'
refuse "field 'subject'" 'was text and is now int'
change $thing 's/name: subject/name: topic/'
refuse "lost its field 'subject'"
change $thing 's/states: .*/states: [new]/; /transitions:/,$d'
refuse "register 'thing' lost its state 'old'"
change registers/organisation.yaml 's/values: \[integrator, client, member\]/values: [integrator, client]/'
refuse "field 'kind' of register 'organisation' lost its value 'member'" 'put it back'
change $thing 's/^code: 2/code: 3/'
refuse "register 'thing' had code 2"
change $thing 's/^about:/restricted: true\n&/'
refuse 'cannot become or cease to be restricted'
change $thing 's/type: list/type: text/; /^    fields:/,/subject/d'
refuse "field 'lines'" 'was list and is now text'
rm -rf changed && cp -R content changed && rm changed/registers/thing.yaml
refuse "register 'thing' is gone from the content"
# One refusal among changes that would be fine takes those back, too.
change $thing 's/  - {name: size, type: int, label: Size}/  - {name: colour, type: text, label: Colour}/'
printf 'name: extra\ncode: 9\nprefix: EXT\ntitle: Extra\nabout: More.\nfields:\n  - {name: a, type: text, label: A}\n' >changed/registers/extra.yaml
refuse "lost its field 'size'"
change plans/small/plan.yaml 's/^time_zone: .*/time_zone: Europe\/Nowhere/'
refuse 'Europe/Nowhere'

# What can be added: a register, plain and indexed fields, references, a list with its sub-fields, states.
change $thing 's/^states: .*/states: [new, used, old]/'
sed -i 's/  - {name: size, type: int, label: Size}/&\n  - {name: owner, type: ref, to: [organisation], indexed: true, label: Owner}\n  - {name: parts, type: refs, to: [thing], label: Parts}/' changed/$thing
sed -i 's/^      - {name: subject.*/&\n      - {name: amount, type: decimal, label: Amount}/' changed/$thing
cp -R changed/registers keep
printf 'name: extra\ncode: 9\nprefix: EXT\ntitle: Extra\nabout: More.\nfields:\n  - {name: a, type: text, label: A}\n  - name: rows\n    type: list\n    label: Rows\n    fields:\n      - {name: b, type: int, label: B}\n' >changed/registers/extra.yaml
ok holdfast init --home ws --content changed
expect_out 'Took in the changed plan.'
for text in 'register extra: new' 'register thing: new field owner' 'register thing: new field parts' \
	'register thing: new field amount of list lines' 'register thing: 1 new state'; do
	expect_out "$text"
done
refute_out '1 new states'
ok holdfast verify --home ws
# The tables are those of a workspace that was made from this content at once.
ok holdfast init --home made --content changed
for home in ws made; do
	for table in thing thing_history thing_lines thing_lines_history thing_parts thing_parts_history extra extra_rows; do
		sqlite3 $home/holdfast.db "select '$table', name, type, pk from pragma_table_info('$table') order by name" \
			"select '$table', name, \"unique\" from pragma_index_list('$table') order by name" \
			"select name, sql from sqlite_master where type = 'trigger' and tbl_name = '$table' order by name"
	done >$home.tables
done
cmp ws.tables made.tables || fail 'a migrated workspace differs from a new one'

# And then it is as it should be.
ok holdfast init --home ws --content changed
expect_out 'nothing to do'
rm -rf changed && cp -R content changed
refuse "register 'extra' is gone"

# A field may come to be indexed.
ok holdfast init --home indexed --content content
change $thing 's/{name: title, type: text,/& indexed: true,/'
ok holdfast init --home indexed --content changed
[ "$(sqlite3 indexed/holdfast.db "select count(*) from sqlite_master where name = 'thing_title_index'")" = 1 ]
