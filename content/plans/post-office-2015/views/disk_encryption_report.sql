-- What was last reported about the disk encryption of an asset.
select e.asset, e.disk_encrypted, e.encryption_product, e.reported_at
from endpoint_status e
where e.disk_encrypted is not null
  and e.reported_at <= :now
  and not exists (
    select 1
    from endpoint_status n
    where n.asset = e.asset
      and n.disk_encrypted is not null
      and n.reported_at <= :now
      and n.reported_at > e.reported_at
  )
