-- When each account was last looked at, and when it was last decided whether it is needed.
select r.account, max(r.completed_on) as reviewed_on,
  max(case when r.decision in ('keep', 'change', 'revoke') then r.completed_on end) as decided_on
from account_review r
group by r.account
