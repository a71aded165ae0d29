-- Accounts that exist: past the request and not deleted, whether enabled or not.
select a.*
from account a
where a.deleted_at is null
  and coalesce(a.state, 'active') not in ('requested', 'deleted')
