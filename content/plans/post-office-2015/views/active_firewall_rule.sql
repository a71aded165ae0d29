-- Rules that work: active by their record, or seen on the device whatever the record says.
select f.*
from firewall_rule f
where coalesce(f.state, 'active') = 'active'
  or f.observed = 1
