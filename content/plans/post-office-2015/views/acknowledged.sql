-- Who has acknowledged the present version of which document.
select k.person, k.document
from acknowledgement k
join document d on d.id = k.document
where k.person is not null
  and (k.version is null or k.version = d.version)
