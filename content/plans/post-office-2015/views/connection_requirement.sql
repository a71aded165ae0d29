-- Which network access requirement applies to which connection in use; one that names no subjects applies to all of them.
select c.id as connection, r.id as requirement, r.key as requirement_key
from live_connection c
join requirement r on r.subject_kind = 'connection'
where coalesce(r.state, 'agreed') = 'agreed'
  and coalesce(r.applicability, 'undecided') <> 'not_applicable'
  and (
    not exists (select 1 from requirement_subjects n where n.record = r.id)
    or exists (select 1 from requirement_subjects n where n.record = r.id and n.value = c.id)
  )
