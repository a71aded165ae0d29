-- Passes that open doors: issued, not suspended or lost, and not given back.
select p.id, p.organisation, p.key, p.number, p.kind, p.holder, p.site, p.areas, p.need, p.need_confirmed_on, p.issued_at
from pass p
where coalesce(p.state, 'issued') = 'issued'
  and (p.issued_at is null or p.issued_at <= :now)
  and (p.returned_at is null or p.returned_at > :now)
