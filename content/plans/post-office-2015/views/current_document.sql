-- Documents in force whose review date has not passed.
select d.*
from in_force_document d
where d.review_due is null
  or d.review_due >= :today
