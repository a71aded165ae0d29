-- Changes that were approved, whether still to be made or made already.
select c.*
from change c
where c.state in ('approved', 'scheduled', 'implemented', 'reviewed', 'closed')
