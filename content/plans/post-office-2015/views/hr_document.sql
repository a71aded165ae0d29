-- The integrator's HR policies and processes in force: named by the plan, about HR, or kept in the HR portal.
select d.id, d.organisation, d.key, d.reference, d.title, d.version, d.portal, d.url
from in_force_document d
join organisation o on o.id = coalesce(d.owner_org, d.organisation)
where o.kind = 'integrator'
  and coalesce(d.kind, 'policy') in ('policy', 'standard', 'procedure', 'guideline')
  and (list_has(:hr_document_references, d.reference) = 1 or list_has(d.topics, 'hr') = 1 or d.portal = 'hr')
