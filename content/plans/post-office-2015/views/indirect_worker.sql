-- People who work now for the integrator and are not its own permanent staff: temporary, contracted, sub-contracted, or of no stated type.
select p.id, p.worker_type
from active_person p
join organisation o on o.id = p.organisation
left join organisation e on e.id = p.employer
where coalesce(p.worker_type, 'contractor') <> 'client_user'
  and (o.kind = 'subcontractor'
    or e.kind = 'subcontractor'
    or (coalesce(e.kind, o.kind) = 'integrator' and coalesce(p.worker_type, 'contractor') <> 'permanent'))
