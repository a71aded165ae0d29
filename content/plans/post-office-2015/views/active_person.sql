-- People who work now: started, not a candidate, and not past their last day (a rehired person works again).
select p.id, p.organisation, p.key, p.name, p.employer, p.worker_type, p.on_account, p.team, p.line_manager, p.site,
  p.start_date, p.engaged_on
from person p
where coalesce(p.state, 'engaged') not in ('candidate', 'left')
  and (p.start_date is null or p.start_date <= :today)
  and (p.engaged_on is null or p.engaged_on <= :today)
  and (p.leave_date is null or p.leave_date >= :today or p.start_date > p.leave_date)
