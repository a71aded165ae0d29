-- What completed reviews decided about accounts; a review of one account alone gives no decision.
select l.subject as account, l.decision, r.completed_on, r.kind
from review r
join review_lines l on l.record = r.id
join account a on a.id = l.subject
where r.kind in ('account', 'service_account')
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
union all
select r.subject as account, null as decision, r.completed_on, r.kind
from review r
join account a on a.id = r.subject
where r.kind in ('account', 'service_account')
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
