-- How far Clio's outstanding balances were from the open bills on the night before. Parameters: the firm, twice.
select
    (select coalesce(sum(total_outstanding_balance), 0) from clio.outstanding_client_balances where firm_id = ?)
    - (
        select coalesce(sum(balance), 0) from clio.bills
        where firm_id = ? and vanished_at is null and kind is distinct from 'trust_kind'
            and state in ('awaiting_payment', 'paid')
    )
