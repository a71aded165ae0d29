# A check proves itself: exactly the marked rows fail, with their text; some row in scope passes; every figure is tried.
. "$ROOT/tests/cli/plan.sh"

# broken_example SED PLACE TEXT: in the section's file.
broken_example() {
	broken $section "$@"
}

# Marks.
broken_example '27s/true/false, FAILS: left/' 27:11 "1-a: row 'b1' is marked FAILS, and the check passes it"
broken_example '26s/, FAILS[^}]*//' 26:11 "1-a: row 'a1' is not marked FAILS, and the check fails it: 'left on 2026-06-13'"
broken_example '26s/06-13}/06-12}/' 26:56 "row 'a1' fails with 'left on 2026-06-13', which does not contain 'left on 2026-06-12'"
broken_example '26s/FAILS: .*}/FAILS: }/' 26:56 "'FAILS' must be a text"
broken_example '24s/06-13}/06-13, FAILS: x}/' 24:58 "'FAILS' stands on a row of register 'person', but the check is about 'account'"

# A failing row and a passing one in scope.
broken_example '26s/, FAILS[^}]*//; 26s/true/false/' 23:5 "1-a: no record of the example fails"
broken_example '27d' 23:5 "1-a: no record in scope passes"

# The limit: the row that just passes, then the one that just fails, is missing.
broken_example '24s/06-14/06-15/' 23:5 "1-a: with :grace 0 instead of 1 the same records fail"
broken_example '24s/06-13/06-12/; 26s/06-13/06-12/' 23:5 "1-a: with :grace 2 instead of 1 the same records fail"

# What the check gives.
broken_example '16s/is not null/is null/' 18:7 "outside its scope (row 'a1' of the example)"
broken_example "18s/'left on ' || p.leave_date/''/" 18:7 "1-a: a failing record has no reason"
broken_example '18s/a.id/p.id/' 18:7 "which is no record of register 'account' (row 'ann' of the example)"
broken_example '14s/a.id/null/' 14:7 "a row without a record, which is no record of register 'account'"
broken_example "18s/ as reason/ as reason, 'soon' as since/" 18:7 "since is 'soon', which is no date"

# Rows.
broken_example '24s/person:/persn:/' 24:7 "register 'persn' does not exist; did you mean 'person'?"
broken_example '24s/leave_date/leave_dat/' 24:27 "register 'person' has no field 'leave_dat'; did you mean 'leave_date'?"
broken_example '24s/2026-06-13/2026-02-30/' 24:39 "'2026-02-30' is no date that exists"
broken_example '27s/true/perhaps/' 27:43 "'perhaps' is neither true nor false"
broken_example '27s/true/true, kind: usr/' 27:55 "did you mean 'user'?"
broken_example '27s/person: bob/person: bib/' 27:29 "there is no person 'bib' now; did you mean 'bob'?"
broken_example '27s/true/true, state: gone/' 27:56 "state: 'gone' is no state of register 'account'"
broken_example '27s/key: b1, //' 27:11 "each row of an example needs a 'key'"
broken_example '27s/b1/a1/' 27:17 "key 'a1' is there twice in register 'account'"
broken_example '27s/true/true, organisation: nobody/' 27:63 "organisation 'nobody' is neither in the example"
broken_example '27s/- {.*/- b1/' 27:11 "a row must be names and values"
broken_example '25,28d; 24s/\[.*/ann/' 24:7 "the rows of register 'person' must be a list"

# A text that must be given is the row's key where the example leaves it out; rows may refer to later ones, belong to
# other organisations, which the example may bring itself, and hold lists.
fresh
edit $section '24s/\]$/, {key: ann, organisation: member}, {key: eve, organisation: own, leave_date: 2026-01-01}]/'
edit $section '24s/{key: ann, leave/{key: ann, organisation: integrator, leave/'
cat >>$section <<'END'
        - {key: m1, login: x, person: member/ann, enabled: true, organisation: member, permissions: [b, a]}
        - {key: m2, person: own/eve, enabled: true, organisation: own, FAILS: left on 2026-01-01}
      organisation: [{key: own, kind: member}, {key: client, state: exited}]
END
edit $section "16s/\$/ and (a.login <> 'm1' or a.permissions = '[\"a\",\"b\"]')/"
ok holdfast lint $plan
expect_out "1 of 1 checks prove themselves"

# Organisations that are always there need no row, but one that fails must be marked.
organisations() {
	fresh
	edit $section '13,$d; 8s/account/organisation/'
	cat >>$section
}
organisations <<'END'
    scope: |
      select o.id as record from organisation o
    check: |
      select o.id as record, 'is ' || o.kind as reason from organisation o where o.kind <> 'client'
    example:
      organisation: [{key: integrator, FAILS: is integrator}]
END
finds $section:17:5 "the check fails an organisation that is always there ('is member')"
organisations <<'END'
    scope: |
      select o.id as record from organisation o
    check: |
      select o.id as record, 'is ' || o.kind as reason from organisation o where o.kind <> 'client'
    example:
      organisation: [{key: integrator, FAILS: is integrator}, {key: member, FAILS: is member}]
END
ok holdfast lint $plan

# A row that says that it is out of scope must be so.
broken_example '28s/true/true, OUT: true/; 16d' 27:11 "1-a: row 'e1' is marked OUT, and it is in scope"
broken_example '24s/06-14}/06-14, OUT: true}/' 24:52 "'OUT' stands on a row of register 'person', but the check is about 'account'"
broken_example '26s/true/true, OUT: true/' 26:11 "1-a: row 'a1' is marked OUT, and it is in scope"
broken_example '28s/true/true, OUT: perhaps/' 28:41 "'OUT' must be true or false"
fresh
ok holdfast lint $plan --all
expect_out "$section:28:11: note: 1-a: row 'e1' is out of scope; mark it with OUT: true if it is meant so"
edit $section '28s/true/true, OUT: true/'
ok holdfast lint $plan --all
refute_out "out of scope"
