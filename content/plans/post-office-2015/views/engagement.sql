-- When the integrator's people on the account engaged in the service: the recorded day, and the start of each role.
select s.id as person, null as role, s.engaged_on as began_on
from account_staff s
where s.engaged_on is not null
union all
select s.id as person, r.role, coalesce(r.valid_from, s.engaged_on, s.start_date) as began_on
from account_staff s
join role_assignment r on r.person = s.id
where coalesce(r.state, 'current') <> 'proposed'
  and coalesce(r.valid_from, s.engaged_on, s.start_date) is not null
