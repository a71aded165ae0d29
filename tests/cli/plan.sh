# plan.sh -- a small plan in content/, for tests that break it. Source it after lib.sh.
#
# content/plans/mini has one obligation, 1-a, in sections/1.yaml; the tests count on its line numbers.

plan=content/plans/mini
section=$plan/sections/1.yaml

# fresh: writes the plan anew.
fresh() {
	rm -rf content
	mkdir -p content/registers $plan/sections $plan/views
	cat >content/registers/organisation.yaml <<'END'
name: organisation
code: 1
prefix: ORG
title: Organisations
fields:
  - {name: name, type: text, required: true}
  - {name: kind, type: enum, values: [integrator, client, member], required: true}
states: [in_service, exited]
END
	cat >content/registers/person.yaml <<'END'
name: person
code: 2
prefix: PER
title: People
fields:
  - {name: name, type: text, required: true}
  - {name: leave_date, type: date}
states: [active, left]
END
	cat >content/registers/account.yaml <<'END'
name: account
code: 3
prefix: ACC
title: Accounts
fields:
  - {name: login, type: text, required: true}
  - {name: person, type: ref, to: [person]}
  - {name: enabled, type: bool}
  - {name: permissions, type: text_list}
  - {name: kind, type: enum, values: [user, privileged]}
states: [active, deleted]
END
	cat >$plan/plan.yaml <<'END'
name: mini
title: A small plan
version: "1"
time_zone: Europe/London
classification: [public, secret]
parties: [{kind: integrator, name: Home}]
examples_at: "2026-06-15T12:00:00Z"
examples_organisations: [{kind: integrator}, {kind: client}, {kind: member}]
END
	cat >$plan/roles.yaml <<'END'
roles:
  - name: service_manager
    sections: ["1"]
    conflicts: [auditor]
  - name: auditor
    sections: ["1"]
    conflicts: [service_manager]
END
	cat >$plan/parameters.yaml <<'END'
parameters:
- name: grace
  value: 1
  unit: days
  section: "1"
  origin: fixed
  about: Days that an account may outlive its holder.
END
	cat >$plan/views/leaver.sql <<'END'
select p.id, p.leave_date
from person p
where p.leave_date is not null
END
	cat >$section <<'END'
section: "1"
title: Leavers
obligations:
  - id: 1-a
    title: Leaver accounts suspended
    duty: Suspend the accounts of a person who leaves.
    owner: [service_manager]
    applies_to: account
    cadence: event
    proof: computed
    severity: high
    feeds: [account]
    scope: |
      select a.id as record
      from account a
      where a.person is not null
    check: |
      select a.id as record, 'left on ' || p.leave_date as reason
      from account a
      join leaver p on p.id = a.person
      where a.enabled = 1
        and add_days(p.leave_date, :grace) < :today
    example:
      person: [{key: ann, leave_date: 2026-06-13}, {key: bob, leave_date: 2026-06-14}]
      account:
        - {key: a1, person: ann, enabled: true, FAILS: left on 2026-06-13}
        - {key: b1, person: bob, enabled: true}
        - {key: e1, enabled: true}
END
}

# edit FILE SED: changes the file; a change that changes nothing is a mistake of the test.
edit() {
	sed "$2" "$1" >edited
	! cmp -s edited "$1" || fail "the edit changes nothing: $2"
	mv edited "$1"
}

# broken FILE SED PLACE TEXT: with the change made to a fresh plan, lint must say TEXT as an error at PLACE
# (line:column) of the file, and end with 1.
broken() {
	fresh
	edit "$1" "$2"
	finds "$1:$3" "$4"
}

# finds PLACE TEXT: lint of the plan as it is says TEXT as an error at PLACE (file:line:column).
finds() {
	expect_exit 1 timeout 20 holdfast lint $plan
	grep -F -e "$1: error: " out | grep -qF -e "$2" || fail "no error '$2' at $1"
}
