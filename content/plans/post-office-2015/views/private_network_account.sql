-- Existing accounts that open the integrator's private network: remote access accounts, and others used for remote access lately.
select a.id, a.key, a.organisation, a.login, a.person, a.second_factor
from live_account a
left join system s on s.id = a.system
where exists (
    select 1
    from organisation o
    where o.kind = 'integrator'
      and (o.id = a.organisation or o.id = s.provider)
  )
  and a.id in (
    select b.id from account b where b.kind = 'remote_access'
    union
    select r.account from recent_session r where r.kind = 'remote_access'
  )
