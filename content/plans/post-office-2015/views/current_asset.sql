-- Assets of every kind, information included, that are in use or kept.
select a.*
from asset a
where coalesce(a.state, 'in_service') not in ('planned', 'disposed')
