-- The client's classifications in order: the higher the rank, the more harm from loss or disclosure.
select 'public' as classification, 1 as rank
union all
select 'internal' as classification, 2 as rank
union all
select 'confidential' as classification, 3 as rank
union all
select 'strictly_confidential' as classification, 4 as rank
