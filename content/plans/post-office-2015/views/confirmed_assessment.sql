-- Assessments with a result that is confirmed and has not run out.
select s.id, s.key, s.organisation, s.requirement, s.control_family, s.subject, s.result, s.assessed_on, s.valid_to, s.finding
from assessment s
where s.result is not null
  and s.assessed_on <= :today
  and (s.valid_to is null or s.valid_to >= :today)
  and coalesce(s.state, 'confirmed') = 'confirmed'
