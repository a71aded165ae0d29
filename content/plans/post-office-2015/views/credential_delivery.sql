-- How an account's credentials were handed over: by its request ticket, or by a ticket about the account.
-- A ticket about something else is nobody's account, so it is not looked up here.
select a.id as account, t.id as ticket, t.key, t.delivery_channel as channel, t.reported_at
from account a
join credential_ticket t on t.id = a.ticket
union all
select t.source_event as account, t.id as ticket, t.key, t.delivery_channel as channel, t.reported_at
from credential_ticket t
where t.source_event is not null
