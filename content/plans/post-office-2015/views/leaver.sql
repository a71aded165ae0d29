-- People past their last working day and not started again since.
select p.id as person, p.organisation, p.leave_date
from person p
where p.leave_date < :today
  and (p.start_date is null or p.start_date <= p.leave_date or p.start_date > :today)
