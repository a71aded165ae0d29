-- People who have left: past their last working day and not rehired, or recorded as left whatever the dates say.
select p.id as person, p.organisation, p.key, p.employer, p.worker_type, p.start_date,
  case when p.leave_date < :today then p.leave_date end as left_on,
  case when p.leave_date < :today then 'left on ' || p.leave_date else 'recorded as left' end as departure,
  case when p.leave_date < :today then add_days(p.leave_date, 1) end as gone_since
from person p
where coalesce(p.state, 'engaged') = 'left'
  or exists (select 1 from leaver l where l.person = p.id)
