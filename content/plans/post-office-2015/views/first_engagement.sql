-- The day on which each of the integrator's people on the account first engaged in the service; null where nobody recorded one.
select f.person, f.began_on
from (
  select s.id as person, coalesce(min(e.began_on), s.start_date) as began_on
  from account_staff s
  left join engagement e on e.person = s.id
  group by s.id, s.start_date
) f
where f.began_on is null
  or f.began_on <= :today
