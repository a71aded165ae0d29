-- Training that was completed and is still valid.
select t.person, t.course, t.kind, t.topics, t.completed_on, t.valid_to
from training_record t
where t.completed_on <= :today
  and (t.valid_to is null or t.valid_to >= :today)
