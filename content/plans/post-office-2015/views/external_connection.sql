-- External connections in use that the integrator supervises; where no supervisor is named, whoever lists the connection is taken for it.
select c.*
from live_connection c
join organisation o on o.id = coalesce(c.supervised_by, c.organisation)
where c.kind in ('external', 'remote_access')
  and o.kind = 'integrator'
