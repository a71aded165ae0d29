-- The five policies on the use of information that section 5.2 names, by reference, or by title where the reference is still requested.
select 'ASM-SEC-0001-EN' as name
union all
select 'ASM-SEC-0013' as name
union all
select 'UKSEC-POL0501' as name
union all
select 'UKSEC-POL0902' as name
union all
select 'Post Office Ltd Acceptable Use Policy' as name
