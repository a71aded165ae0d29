-- Which role calls for training in which topic.
select r.role, t.name as topic
from (
  select distinct a.role from role_assignment a
) r
join (
  select 'malware' as name
  union all
  select 'privileged_user_syops' as name
  union all
  select 'security_operating_policy' as name
  union all
  select 'tamper' as name
) t on list_has(:role_training, r.role || '/' || t.name) = 1
