-- Who holds which role today.
select r.id as assignment, r.person, r.role, r.organisation, r.scope, r.duties
from role_assignment r
where r.person is not null
  and coalesce(r.state, 'current') not in ('proposed', 'ended')
  and (r.valid_from is null or r.valid_from <= :today)
  and (r.valid_to is null or r.valid_to >= :today)
