-- Accounts that exist and cannot be used any more; one that is only suspended, or not yet opened, is not among them.
select a.*
from live_account a
where coalesce(a.state, 'active') not in ('approved', 'suspended')
  and (a.enabled = 0 or (a.enabled is null and a.state = 'disabled'))
