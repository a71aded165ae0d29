-- What completed reviews looked at: their own subject, and the subject and decision of each line.
select r.id as review, r.kind, r.subject, null as decision, r.completed_on, r.reviewer
from review r
where r.subject is not null
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
union all
select r.id as review, r.kind, l.subject, l.decision, r.completed_on, r.reviewer
from review r
join review_lines l on l.record = r.id
where l.subject is not null
  and r.completed_on <= :today
  and coalesce(r.state, 'completed') = 'completed'
