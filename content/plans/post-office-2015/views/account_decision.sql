-- What the lines of completed reviews decided about accounts.
-- A subject that is no account is nobody's account, so it is not looked up here.
select l.subject as account, l.decision, r.completed_on, r.kind
from review r
join review_lines l on l.record = r.id
where r.kind in ('account', 'service_account')
  and l.subject is not null
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
