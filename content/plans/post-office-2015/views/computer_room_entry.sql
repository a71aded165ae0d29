-- Entries to computer rooms that still count: within the look-back, still inside, or with no known time.
-- A data centre entry that names no area counts as one.
select v.id, v.organisation, v.key, v.person, v.site, v.change, v.entered_at, v.left_at, v.escort, v.escort_from, v.escort_to
from visit v
where (v.entered_at <= :now or (v.entered_at is null and v.state in ('inside', 'left')))
  and coalesce(v.state, 'left') <> 'refused'
  and (v.entered_at is null or v.left_at is null or add_days(date_of(v.entered_at), :visit_lookback) >= :today)
  and (exists (
      select 1 from site_areas a
      where a.record = v.site and a.name = v.area and a.kind = 'computer_room')
    or (v.area is null and exists (select 1 from site s where s.id = v.site and s.kind = 'data_centre')))
