-- Privileged accounts in use that are the integrator's: listed by it, on a system that it provides, or held by its people.
select a.id, a.key, a.organisation, a.login, a.system, a.person, a.shared
from active_account a
left join system s on s.id = a.system
left join person p on p.id = a.person
where a.kind = 'privileged'
  and exists (
    select 1
    from organisation o
    where o.kind = 'integrator'
      and (o.id = a.organisation or o.id = s.provider or o.id = coalesce(p.employer, p.organisation))
  )
