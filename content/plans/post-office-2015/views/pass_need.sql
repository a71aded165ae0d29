-- The recorded needs behind active passes: on the pass itself, or on a present role of the holder, at the site
-- or without a limit.
select p.id as pass, p.need_confirmed_on as confirmed_on
from active_pass p
where p.need is not null
union all
select p.id as pass, r.need_confirmed_on as confirmed_on
from active_pass p
join current_role_holder h on h.person = p.holder and (h.scope = p.site or h.scope is null)
join role_assignment r on r.id = h.assignment
where r.operational_need is not null
