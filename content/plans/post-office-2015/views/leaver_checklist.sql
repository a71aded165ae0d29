-- Checklists run for a leaver case, with the day they were done: null while an answer is no or missing.
select c.id as leaver_case,
  case
    when coalesce(k.state, 'done') = 'done'
      and exists (select 1 from checklist_run_answers a where a.record = k.id and a.topic = 'leaver')
      and not exists (select 1 from checklist_run_answers a where a.record = k.id and coalesce(a.answer, 'no') = 'no')
      then k.done_on
  end as done_on
from leaver_case c
join checklist_run k on k.subject = c.id
  or (k.subject = c.person
    and exists (select 1 from checklist_run_answers a where a.record = k.id and a.topic = 'leaver'))
