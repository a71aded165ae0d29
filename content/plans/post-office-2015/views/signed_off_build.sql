-- Builds whose present version the integrator has signed off.
select d.id as build, d.key, d.organisation, d.state
from document d
where d.kind = 'build'
  and exists (
    select 1
    from approval_in_force v
    join approval a on a.id = v.id
    where v.subject = d.id
      and v.kind = 'integrator_build'
      and (a.subject_version is null or a.subject_version = d.version)
  )
