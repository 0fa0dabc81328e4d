-- What has no partner of equal amount.
with

payments_with_a_partner as (

    -- Side and id as columns of one list: a join that has to look which side a payment is on would compare all with
    -- all.
    select
        firm_id,
        'clio' as side,
        kind,
        clio_entry_id as entry_id
    from {{ ref('int_payments_matched') }}

    union all

    select
        firm_id,
        'xero' as side,
        kind,
        xero_entry_id as entry_id
    from {{ ref('int_payments_matched') }}

)

select payments.*
from {{ ref('int_payments_of_pairs') }} as payments
left join payments_with_a_partner as partners
    on
        payments.firm_id = partners.firm_id
        and payments.side = partners.side
        and payments.kind = partners.kind
        and payments.entry_id = partners.entry_id
where not payments.is_reversed and partners.entry_id is null
