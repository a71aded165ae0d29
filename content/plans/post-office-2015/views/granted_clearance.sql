-- Clearances that were granted at some time, valid still or not; a withdrawn one counts for no day, as its end is unknown.
select c.person, c.level,
  case c.level when 'above_sc' then 3 when 'sc' then 2 when 'baseline' then 1 else 0 end as rank,
  c.granted_on, c.expires_on
from clearance c
where c.granted_on <= :today
  and (coalesce(c.state, 'granted') in ('granted', 'renewing') or (c.state = 'expired' and c.expires_on is not null))
