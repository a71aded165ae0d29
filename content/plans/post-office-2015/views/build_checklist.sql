-- The last completed checklist on the controls of each build.
select k.subject as build, k.id as run, k.key, k.done_on
from build_checklist_run k
where not exists (
  select 1
  from build_checklist_run n
  where n.subject = k.subject
    and (n.done_on > k.done_on or (n.done_on = k.done_on and n.id > k.id))
)
