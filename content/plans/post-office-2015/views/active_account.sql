-- Accounts that can be used: enabled as observed, or, where nobody observed it, in state active.
select a.*
from live_account a
where a.enabled = 1
  or (a.enabled is null and coalesce(a.state, 'active') = 'active')
