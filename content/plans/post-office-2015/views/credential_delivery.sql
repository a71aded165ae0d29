-- Service Desk entries that say how an account's credentials were handed over: on its request ticket, or on a ticket about the account.
-- A ticket about something else is nobody's account, so it is not looked up here.
select a.id as account, t.id as ticket, t.key, t.delivery_channel as channel, t.reported_at
from account a
join ticket t on t.id = a.ticket
where t.delivery_channel is not null
  or t.kind = 'credential_delivery'
union all
select t.source_event as account, t.id as ticket, t.key, t.delivery_channel as channel, t.reported_at
from ticket t
where t.source_event is not null
  and (t.delivery_channel is not null or t.kind = 'credential_delivery')
