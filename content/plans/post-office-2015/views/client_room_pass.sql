-- The access list of rooms that hold client equipment: active passes by room.
-- A data centre pass that names no area opens every such room of its site.
select p.id, p.organisation, p.key, p.holder, p.site, p.need, p.need_confirmed_on, a.name as area, a.clearance
from active_pass p
join site_areas a on a.record = p.site
where a.holds_client_equipment = 1
  and (list_has(p.areas, a.name) = 1 or (p.areas is null and p.kind = 'data_centre_pass'))
