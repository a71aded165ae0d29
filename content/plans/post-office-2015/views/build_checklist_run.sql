-- Completed checklists that ask about the controls of a build.
select k.id, k.key, k.subject, k.done_on
from checklist_run k
join document d on d.id = k.subject
where d.kind = 'build'
  and k.done_on <= :today
  and coalesce(k.state, 'done') = 'done'
  and exists (select 1 from checklist_run_answers n where n.record = k.id and n.topic = 'build')
