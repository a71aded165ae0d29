-- People who work now and whose employer (or, where none is named, the organisation that lists them) is the integrator.
select p.id, p.organisation, p.key, p.name, p.employer, p.worker_type, p.on_account, p.team, p.line_manager, p.site,
  p.start_date, p.engaged_on
from active_person p
join organisation o on o.id = coalesce(p.employer, p.organisation)
where o.kind = 'integrator'
