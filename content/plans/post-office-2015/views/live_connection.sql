-- Connections in use.
select c.*
from connection c
where coalesce(c.state, 'live') = 'live'
