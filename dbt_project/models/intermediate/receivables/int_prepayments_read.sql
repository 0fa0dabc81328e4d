-- Whether prepayments with something left stand in Xero's receivables account is read off the books: of the two sums,
-- with and without them, the one that equals the account holds; where neither does, with them.
with

documents as (

    select
        firm_id,
        sum(xero_ar_amount) as amount
    from {{ ref('int_documents_paired') }}
    group by firm_id

),

credits as (

    select
        firm_id,
        sum(case when credit_kind = 'prepayment' then 0 else own_remaining_amount end) as credit_amount,
        sum(case when credit_kind = 'prepayment' then own_remaining_amount else 0 end) as prepaid_amount
    from {{ ref('int_credits_open') }}
    group by firm_id

)

select
    tonight.firm_id,
    cast(coalesce(credits.prepaid_amount, 0) as decimal(18, 2)) as prepaid_amount,
    coalesce(credits.prepaid_amount, 0) = 0
    or coalesce(control.control_amount <> coalesce(documents.amount, 0) - credits.credit_amount, true)
        as are_in_receivables
from {{ ref('int_tonight') }} as tonight
left join documents
    on tonight.firm_id = documents.firm_id
left join credits
    on tonight.firm_id = credits.firm_id
left join {{ ref('int_control_accounts') }} as control
    on tonight.firm_id = control.firm_id
