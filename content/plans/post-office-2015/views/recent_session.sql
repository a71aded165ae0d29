-- Sessions that still count: begun within the look-back, running into it, or with no known start.
select s.*
from access_session s
where s.started_at is null
  or date_of(s.started_at) >= add_days(:today, 0 - :session_lookback)
