-- Breaches of a policy of section 5.2, and those that name no policy: a breach that names other policies alone is left out.
select f.id, f.subject, f.source
from finding f
where f.kind = 'breach'
  and (not exists (select 1 from finding_documents l where l.record = f.id)
    or exists (
      select 1
      from finding_documents l
      join document d on d.id = l.value
      join use_policy u on u.name = d.reference or u.name = d.title
      where l.record = f.id))
