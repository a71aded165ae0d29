-- Systems that run the service now: live or on their way out, and not declared out of scope.
select s.*
from system s
where coalesce(s.in_scope, 'undecided') <> 'out'
  and coalesce(s.lifecycle_stage, 'live') in ('live', 'retiring')
