-- Which approved change names which account, on the account itself or among the items of the change.
select a.id as account, c.id as change, c.window_from, c.window_to
from account a
join approved_change c on c.id = a.change
union all
select a.id as account, c.id as change, c.window_from, c.window_to
from approved_change c
join change_items i on i.record = c.id
join account a on a.id = i.value
