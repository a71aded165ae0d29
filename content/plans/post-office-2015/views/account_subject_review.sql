-- Completed reviews of one account alone: they decide nothing about it.
select r.subject as account, r.completed_on, r.kind
from review r
where r.kind in ('account', 'service_account')
  and r.subject is not null
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
