-- Builds whose present version the integrator has signed off: not somebody who works for another organisation.
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
      and not exists (
        select 1
        from person p
        join organisation o on o.id = coalesce(p.employer, p.organisation)
        where p.id = v.decided_by
          and o.kind <> 'integrator')
  )
