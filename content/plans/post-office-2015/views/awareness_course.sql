-- Awareness courses in force: meant for all staff, or given as awareness training.
select d.id, d.organisation, d.key, d.reference, d.title, d.version, d.issued_on, d.topics
from in_force_document d
where d.kind = 'course'
  and (list_has(d.audience_roles, 'all_staff') = 1
    or exists (select 1 from training_record t where t.course = d.id and t.kind = 'awareness'))
