-- Days on which the clocks changed in the plan's time zone, this year and last: last Sundays of March and October (2000-01-02 was a Sunday).
select add_days(m.last_day, -(days_between('2000-01-02', m.last_day) % 7)) as changed_on
from (
  select substr(:today, 1, 4) || '-03-31' as last_day
  union all
  select substr(:today, 1, 4) || '-10-31' as last_day
  union all
  select add_years(substr(:today, 1, 4) || '-10-31', -1) as last_day
  union all
  select add_years(substr(:today, 1, 4) || '-03-31', -1) as last_day
) m
where add_days(m.last_day, -(days_between('2000-01-02', m.last_day) % 7)) <= :today
