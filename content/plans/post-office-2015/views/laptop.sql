-- Laptops that are in use or kept.
select e.*
from equipment e
where e.kind = 'laptop'
