-- Accounts that a review found unneeded and no later review kept, with the days of such decisions.
select r.account, r.completed_on as revoked_on
from account_decision r
join account a on a.id = r.account
where r.decision = 'revoke'
  and not exists (
    select 1
    from account_decision n
    where n.account = r.account
      and n.decision in ('keep', 'change')
      and n.completed_on > r.completed_on)
