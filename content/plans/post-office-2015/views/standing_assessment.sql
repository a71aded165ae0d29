-- The last confirmed assessment of each subject by each requirement and control family: the one that counts.
select s.id, s.key, s.organisation, s.requirement, s.control_family, s.subject, s.result, s.assessed_on, s.valid_to, s.finding
from confirmed_assessment s
where not exists (
  select 1
  from confirmed_assessment n
  where n.subject = s.subject
    and coalesce(n.requirement, 0) = coalesce(s.requirement, 0)
    and coalesce(n.control_family, 'none') = coalesce(s.control_family, 'none')
    and (n.assessed_on > s.assessed_on or (n.assessed_on = s.assessed_on and n.id > s.id))
)
