-- People who work now and whose employer (or, where none is named, the organisation that lists them) is the integrator.
select p.id, p.organisation, p.key, p.name, p.employer, p.worker_type, p.on_account, p.team, p.line_manager, p.site,
  p.start_date, p.engaged_on
from active_person p
where p.id in (
    select e.id
    from organisation o
    join person e on e.employer = o.id
    where o.kind = 'integrator'
    union all
    select e.id
    from organisation o
    join person e on e.organisation = o.id
    where o.kind = 'integrator'
      and e.employer is null
  )
