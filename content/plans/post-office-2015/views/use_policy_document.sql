-- Documents in force that are one of the policies of section 5.2.
select u.name, d.id as document
from use_policy u
join in_force_document d on d.reference = u.name or d.title = u.name
