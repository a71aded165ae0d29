-- Leaver cases whose checklist was complete by the last working day: none of their own items open or done later, and where a
-- checklist was run for them, one run without a no. A case with neither items nor a run has no checklist.
select c.id, c.person
from leaver_case c
where not exists (
    select 1
    from personnel_case_items i
    where i.record = c.id
      and (i.done_at is null or date_of(i.done_at) > c.complete_by))
  and (exists (
      select 1
      from leaver_checklist k
      where k.leaver_case = c.id
        and k.done_on <= c.complete_by)
    or (exists (select 1 from personnel_case_items i where i.record = c.id)
      and not exists (select 1 from leaver_checklist k where k.leaver_case = c.id)))
