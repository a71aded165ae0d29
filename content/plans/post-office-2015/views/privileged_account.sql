-- Existing accounts of kind privileged.
select a.*
from live_account a
where a.kind = 'privileged'
