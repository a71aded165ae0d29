-- What completed reviews decided about accounts; a review of one account alone gives no decision.
select d.account, d.decision, d.completed_on, d.kind
from account_decision d
union all
select r.subject as account, null as decision, r.completed_on, r.kind
from review r
where r.kind in ('account', 'service_account')
  and r.subject is not null
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
