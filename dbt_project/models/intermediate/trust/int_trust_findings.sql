-- Everything wrong with client money, in words, with the client, account and matter that each row is about. None of it
-- moves receivables.
with

findings as (

    select * from {{ ref('int_trust_figure_findings') }}
    union all by name
    select * from {{ ref('int_trust_entry_findings') }}
    union all by name
    select * from {{ ref('int_trust_partner_findings') }}
    union all by name
    select * from {{ ref('int_trust_pocket_findings') }}
    union all by name
    select * from {{ ref('int_trust_bill_findings') }}

)

select
    *,
    code || '|' || subject_key || coalesce('|' || detail_key, '') as finding_key,
    cast(0 as decimal(18, 2)) as ar_effect_amount
from findings
