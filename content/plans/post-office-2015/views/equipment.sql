-- Equipment that is in use or kept: not planned and not disposed of.
select d.*
from device d
where coalesce(d.state, 'in_service') not in ('planned', 'disposed')
