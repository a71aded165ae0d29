-- What completed reviews decided about accounts; a review of one account alone gives no decision.
-- A subject that is no account is nobody's account, so it is not looked up here.
select l.subject as account, l.decision, r.completed_on, r.kind
from review r
join review_lines l on l.record = r.id
where r.kind in ('account', 'service_account')
  and l.subject is not null
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
union all
select r.subject as account, null as decision, r.completed_on, r.kind
from review r
where r.kind in ('account', 'service_account')
  and r.subject is not null
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
