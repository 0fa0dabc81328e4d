-- Section 8 in a bookkeeper's words, with the client, account and matter that each row is about.
select
    *,
    code || '|' || subject_key || coalesce('|' || detail_key, '') as finding_key
from (
    select * from {{ ref('int_trust_figure_findings') }}
    union all by name
    select * from {{ ref('int_trust_entry_findings') }}
    union all by name
    select * from {{ ref('int_trust_partner_findings') }}
    union all by name
    select * from {{ ref('int_trust_pocket_findings') }}
    union all by name
    select * from {{ ref('int_trust_bill_findings') }}
) as findings
