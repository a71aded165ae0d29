-- What people are currently trained in: the topics of the training record and those of its course.
select t.person, t.topics
from current_training t
where t.topics is not null
union all
select t.person, d.topics
from current_training t
join document d on d.id = t.course
where d.topics is not null
