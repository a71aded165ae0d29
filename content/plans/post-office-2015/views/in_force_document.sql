-- Documents in force.
select d.*
from document d
where d.state = 'in_force'
