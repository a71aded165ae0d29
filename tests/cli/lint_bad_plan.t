# Each fault of a plan is named with its file, line and column, and with the right word where one is near.
. "$ROOT/tests/cli/plan.sh"

fresh
ok holdfast lint $plan
expect_out "1 of 1 checks prove themselves on their examples; 1 edge of figures tried."
expect_out "0 errors, 0 warnings, 0 notes"

# Files.
broken $section '5s/.*/\ttitle: x/' 5:1 "a tab indents the line; use spaces"
broken $section '6s/duty/dutty/' 6:5 "unknown name 'dutty'; did you mean 'duty'?"
broken $section '6s/.*/    title: again/' 6:5 "the key 'title' is already in line 5"
broken $section '12s/\[account\]/*feeds/' 12:12 "aliases are not taken; write the value out"
broken $section '9s/event/evnt/' 9:14 "'evnt' is no value of 'cadence'; did you mean 'event'?"
broken $section '7s/service_manager/servicemanager/' 7:12 "owner 'servicemanager' is no role of this plan; did you mean 'service_manager'?"
broken $section '8s/account/acount/' 8:17 "register 'acount' does not exist; did you mean 'account'?"
broken $section '12s/account/acounts/' 12:12 "register 'acounts' does not exist; did you mean 'account'?"
broken $section '4s/1-a/2-a/' 4:5 "id '2-a' must be the section's number and a letter, as in 1-a"
broken $section '/example:/,$d' 4:5 "a check needs an 'example'"
broken $section '28s/.*/&\n  - {id: 1-a, title: t, duty: d, owner: auditor, applies_to: account, cadence: once, proof: attested, severity: low}/' \
	29:5 "obligation '1-a' is there twice"
broken $section '6s/Suspend.*/[[[[[[[[[[[[[[[[deep]]]]]]]]]]]]]]]]/' 6:24 "more than 16 levels of nesting"
broken content/registers/account.yaml '8s/bool/boolean/' 8:27 "'boolean' is no value of 'type'; it is one of text, int, decimal, bool,"
broken content/registers/account.yaml '7s/\[person\]/[persons]/' 7:5 "which does not exist; did you mean 'person'?"
broken content/registers/person.yaml '2s/2/1/' 1:1 "code 1 belongs to register 'organisation' already"

fresh
: >$section
finds "$section:1:1" "the file is empty"
fresh
head -c 2097152 /dev/zero | tr '\0' '#' >>$section
expect_exit 1 holdfast lint $plan
expect_out "$section: error: "
expect_out "1048576"

# SQL.
broken $section '15s/from/form/' 15:7 'near "form": syntax error'
broken $section '19s/account/acount/' 19:12 "no such table: acount; did you mean 'account'?"
broken $section '21s/enabled/enabeld/' 21:13 "no such column: a.enabeld; did you mean 'enabled'?"
broken $section '22s/add_days/add_day/' 22:13 "no such function: add_day; did you mean 'add_days'?"
broken $section '22s/add_days(p.leave_date, :grace)/random()/' 22:13 "may only read registers and call the functions of the format"
broken $section '22s/:grace/:grase/' 22:36 "parameter ':grase' is not in parameters.yaml; did you mean ':grace'?"
broken $section '22s/:today/:todai/' 22:46 "parameter ':todai' is not in parameters.yaml; did you mean ':today'?"
broken $section '22s/:today/?/' 18:7 "parameters are written as a colon and a name, as in :today"
broken $section '18s/ as reason//' 18:7 "the check gives no column 'reason'; name it with 'as reason'"
broken $section '18s/ as reason/ as reason, 1 as weight/' 18:7 "the check gives a column 'weight'; it may give"
broken $section '14s/ as record/ as record, 1 as weight/' 14:7 "the scope gives a column 'weight'; it may give 'record' alone"
broken $section '22s/$/;\n      delete from account/' 23:7 "one statement"
broken $section '14,16d; 13s/$/\n      delete from account/' 14:7 "may only read registers"
broken $section "14,16d; 13s/\$/\n      insert into person (id, key) values (1, 'x')/" 14:7 "may only read registers"
broken $section '14,16d; 13s/$/\n      pragma table_info(account)/' 14:7 "may only read registers"
broken $section "14,16d; 13s/\$/\n      attach 'x.db' as x/" 14:7 "may only read registers"
broken $section '14,16d; 13s/$/\n      create table t (a)/' 14:7 "may only read registers"
broken $section '14s/a.id/1/; 15s/account a/sqlite_schema/; 16d' 14:7 "may only read registers"
[ ! -e x.db ] || fail "the plan made a file"

# A view's fault stands in the view, once, whoever uses it.
fresh
edit $plan/views/leaver.sql '2s/person/persn/'
finds "$plan/views/leaver.sql:2:6" "no such table: persn; did you mean 'person'?"
[ "$(grep -c ': error: ' out)" -eq 1 ] || fail "a fault of a view is told more than once"
fresh
edit $plan/views/leaver.sql '2s/person/leaver/'
finds "$plan/views/leaver.sql:1:1" "view 'leaver' uses itself"
[ "$(grep -c ': error: ' out)" -eq 1 ] || fail "a view that uses itself is told more than once"

# What every example stands on.
broken $plan/plan.yaml '8s/integrator/supplier/' 1:1 "'examples_organisations' must have one of kind integrator, and has 0"
fresh
rm content/registers/organisation.yaml
finds "$plan/plan.yaml:1:1" "there is no register 'organisation'"

# A statement that does not end is ended.
broken $section '15s/.*/      from account a, (with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n) r/' \
	14:7 "1-a: database: ran longer than allowed; on an example it may take 2 seconds"
