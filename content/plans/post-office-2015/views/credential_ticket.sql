-- Service Desk entries that say how credentials were handed over.
select t.id, t.key, t.source_event, t.delivery_channel, t.reported_at
from ticket t
where t.delivery_channel is not null
  or t.kind = 'credential_delivery'
