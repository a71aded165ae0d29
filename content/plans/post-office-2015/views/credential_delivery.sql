-- Service Desk entries that say how an account's credentials were handed over: on its request ticket, or on a ticket about the account.
select a.id as account, t.id as ticket, t.key, t.delivery_channel as channel, t.reported_at
from account a
join ticket t on t.id = a.ticket
where t.delivery_channel is not null
  or t.kind = 'credential_delivery'
union
select a.id as account, t.id as ticket, t.key, t.delivery_channel as channel, t.reported_at
from account a
join ticket t on t.source_event = a.id
where t.delivery_channel is not null
  or t.kind = 'credential_delivery'
