-- Approvals granted by somebody else than who asked, begun and neither run out nor revoked.
select v.id, v.subject, v.kind, v.decided_by, v.decided_role, v.decided_at, v.valid_from, v.valid_to, v.requested_by
from approval v
where v.decision = 'granted'
  and coalesce(v.state, 'granted') not in ('requested', 'refused', 'expired', 'revoked')
  and (v.requested_by is null or v.decided_by is null or v.requested_by <> v.decided_by)
  and (v.valid_from is null or v.valid_from <= :today)
  and (v.valid_to is null or v.valid_to >= :today)
