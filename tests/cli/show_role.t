# What a role may do is told from the plan: from its duties, and from what is said beside them.
ok holdfast init --home ws
ok holdfast show role siro --home ws
expect_out 'Senior Information Risk Owner'
expect_out 'Holds in the rows of every organisation'
grep -Eq '^waiver +write +requested to granted' out || fail 'who decides on waivers does not'
refute_out 'personnel_case'
ok holdfast show role service_manager --home ws
expect_out 'Holds in the rows of the organisation that gave it'
grep -Eq '^account +write, retire' out || fail 'a duty about accounts gives no right to write them'
ok holdfast show role hr --json --home ws
expect_json out 'any(r["register"] == "personnel_case" and r["writes"] and not r["retires"] for r in d["registers"])'
expect_exit 3 holdfast show role sirro --home ws
expect_err "did you mean 'siro'?"
