-- Integrator people who work on the account now; nobody is off the account until the record says so.
select i.id, i.organisation, i.key, i.name, i.worker_type, i.line_manager, i.site, i.start_date, i.engaged_on
from integrator_person i
where coalesce(i.on_account, 1) = 1
