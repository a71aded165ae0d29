-- Topics that roles are trained in; which role needs which, role_training says as role/topic.
select 'malware' as topic
union all
select 'privileged_user_syops' as topic
union all
select 'security_operating_policy' as topic
union all
select 'tamper' as topic
