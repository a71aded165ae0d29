-- The leaver cases of people who have left; a case from an earlier employment does not count.
select c.id, c.person
from departed d
join personnel_case c on c.person = d.person
where c.kind = 'leaver'
  and coalesce(c.effective_date, c.opened_on) >= coalesce(d.start_date, '0001-01-01')
