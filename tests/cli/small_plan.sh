# small_plan.sh -- a content folder small enough to be changed at will, for tests that read it in with `.`.

# small_content DIR: two registers and a plan without obligations.
small_content() {
	mkdir -p "$1/registers" "$1/plans/small/sections"
	cat >"$1/registers/organisation.yaml" <<-'END'
		name: organisation
		code: 1
		prefix: ORG
		title: Organisations
		about: Who delivers.
		fields:
		  - {name: name, type: text, required: true, label: Name}
		  - {name: kind, type: enum, values: [integrator, client, member], required: true, label: Kind}
		states: [active, gone]
		transitions:
		  - {from: active, to: gone}
	END
	cat >"$1/registers/thing.yaml" <<-'END'
		name: thing
		code: 2
		prefix: THG
		title: Things
		about: What there is.
		fields:
		  - {name: title, type: text, label: Title}
		  - {name: size, type: int, label: Size}
		  - name: lines
		    type: list
		    label: Lines
		    fields:
		      - {name: subject, type: text, label: Subject}
		states: [new, old]
		transitions:
		  - {from: new, to: old}
	END
	cat >"$1/plans/small/plan.yaml" <<-'END'
		name: small
		title: A small plan
		version: "1"
		time_zone: Europe/London
		parties:
		  - {kind: integrator, key: home, name: Home}
		classification: [public, secret]
		waiver_roles: [owner]
		examples_at: "2026-06-15T12:00:00Z"
		examples_organisations:
		  - {key: integrator, kind: integrator}
	END
	cat >"$1/plans/small/roles.yaml" <<-'END'
		roles:
		  - {name: owner, title: Owner}
	END
	cat >"$1/plans/small/parameters.yaml" <<-'END'
		parameters:
		  - {name: limit, value: 3, unit: days, section: "1", origin: fixed, about: A limit.}
	END
	cat >"$1/plans/small/sections/1-first.yaml" <<-'END'
		section: "1"
		title: First
		obligations:
		  - id: 1-a
		    title: One duty
		    duty: Do it.
		    owner: [owner]
		    applies_to: organisation
		    cadence: annual
		    proof: attested
		    severity: low
		    binds: [integrator]
	END
}
