-- Clearances granted and not run out, with a rank to compare levels by.
select c.person, c.level,
  case c.level when 'above_sc' then 3 when 'sc' then 2 when 'baseline' then 1 else 0 end as rank,
  c.granted_on, c.expires_on
from clearance c
where c.granted_on <= :today
  and (c.expires_on is null or c.expires_on >= :today)
  and coalesce(c.state, 'granted') not in ('applied', 'expired', 'withdrawn')
