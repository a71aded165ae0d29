-- Assets that are equipment, in any state.
select a.*
from asset a
where a.kind in ('server', 'workstation', 'laptop', 'firewall', 'network_device', 'mail_server', 'mail_gateway', 'storage')
