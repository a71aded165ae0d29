-- Completed reviews of service accounts by somebody who sat on the Change Board that day; a line without a decision is none.
select v.subject as account, v.completed_on
from completed_review v
join review r on r.id = v.review
join role_assignment h on h.person = v.reviewer
where v.kind = 'service_account'
  and (v.decision is not null or r.subject = v.subject)
  and h.role = 'change_board'
  and coalesce(h.state, 'current') <> 'proposed'
  and (h.valid_from is null or h.valid_from <= v.completed_on)
  and (h.valid_to >= v.completed_on or (h.valid_to is null and coalesce(h.state, 'current') = 'current'))
