-- Training plans of the year that answer to both the safety guidelines and the awareness policy.
select d.id, coalesce(d.owner_org, d.organisation) as organisation, d.issued_on
from in_force_document d
where d.kind = 'plan'
  and list_has(d.topics, 'training') = 1
  and d.issued_on <= :today
  and add_months(d.issued_on, :training_plan_interval) >= :today
  and exists (
    select 1 from document_covers c join document t on t.id = c.value
    where c.record = d.id and t.reference = 'ASD-SEC-0008')
  and exists (
    select 1 from document_covers c join document t on t.id = c.value
    where c.record = d.id and t.reference = 'UKSEC-POL0502')
