-- Sessions that still count: begun within the look-back, running into it, or with no known start.
select s.*
from access_session s
where s.started_at is null
  or add_days(date_of(s.started_at), :session_lookback) >= :today
