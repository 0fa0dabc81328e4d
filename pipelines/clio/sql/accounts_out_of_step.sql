-- Bank accounts whose own count or balance is not that of their entries, unless it differed by as much before.
-- `tonight` and `accounts` are tonight's entries and accounts; $1 is the firm.
with rows as (
    select id, bank_account_id, funds_in, funds_out from tonight union all
    select id, bank_account_id, funds_in, funds_out from clio.bank_transactions
    where firm_id = $1 and id not in (select id from tonight)),
gaps as (
    select a.id, a.bank_transactions_count - count(r.id) as rows_off,
           a.balance - coalesce(sum(coalesce(r.funds_in, 0) - coalesce(r.funds_out, 0)), 0) as off
    from accounts a left join rows r on r.bank_account_id = a.id
    group by a.id, a.bank_transactions_count, a.balance),
before as (
    select a.id, a.bank_transactions_count - count(r.id) as rows_off,
           a.balance - coalesce(sum(coalesce(r.funds_in, 0) - coalesce(r.funds_out, 0)), 0) as off
    from clio.bank_accounts a
    left join clio.bank_transactions r on r.firm_id = a.firm_id and r.bank_account_id = a.id
    where a.firm_id = $1 group by a.id, a.bank_transactions_count, a.balance)
select g.id from gaps g left join before b using (id)
where (g.rows_off <> 0 or g.off <> 0)
  and (g.rows_off, g.off) is distinct from (b.rows_off, b.off)
