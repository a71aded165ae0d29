-- The leaver cases of people who have left, with the day by which they must be complete; a case from an earlier employment does
-- not count, while a start that is still to come says nothing about this leave.
select c.id, c.person, coalesce(d.left_on, :today) as complete_by
from departed d
join personnel_case c on c.person = d.person
where c.kind = 'leaver'
  and (coalesce(c.effective_date, c.opened_on) >= d.start_date
    or d.start_date is null
    or d.start_date > :today)
