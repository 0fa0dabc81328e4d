-- Tonight's findings: who they are, what exactly they say (the fingerprint), and whether their documents changed just
-- now. A fingerprint covers what a person sees and answers: code, amount, effect, values, the lines that are listed,
-- and whether an overdrawn ledger has recovered. What passes by itself (nights, ages, names) is no part of it. A total
-- that differs from another is known by the difference: the two totals move with every ordinary bill.
with

lines_of_each_pair as (

    select
        firm_id,
        bill_id,
        md5(string_agg(case when line_status = 'text_changed' then edit end, '|' order by edit_order)) as texts_key,
        md5(string_agg(case when line_status <> 'text_changed' then edit end, '|' order by edit_order)) as amounts_key
    from {{ ref('int_line_edits') }}
    group by firm_id, bill_id

),

last_days_below_zero as (

    select
        firm_id,
        pocket_key,
        max(entry_date) as last_negative_date
    from {{ ref('int_trust_pockets_by_day') }}
    where balance_amount < 0
    group by firm_id, pocket_key

),

differences_of_totals as (

    select
        firm_id,
        'clio_control_differs' as code,
        'firm' as subject_key,
        clio_control_amount - clio_receivables_amount as difference_amount,
        cast(null as date) as difference_date
    from {{ ref('int_receivables') }}

    union all

    select
        firm_id,
        'subledger_differs_from_control' as code,
        'firm' as subject_key,
        xero_control_amount - xero_receivables_own_currency_amount as difference_amount,
        cast(null as date) as difference_date
    from {{ ref('int_receivables') }}

    union all

    select distinct
        firm_id,
        'trust_ledger_differs_from_clients' as code,
        'firm' as subject_key,
        clients_difference_amount as difference_amount,
        cast(null as date) as difference_date
    from {{ ref('int_trust_figures') }}

    {%- for code, amount, day in [
        ('trust_account_differs_from_ledger', 'ledger_difference_amount', 'null'),
        ('trust_clio_differs_from_xero', 'bank_difference_amount', 'null'),
        ('trust_bank_differs_from_liability', 'liability_difference_amount', 'null'),
        ('trust_book_differs_from_statement', 'statement_difference_amount', 'statement_date'),
    ] %}

        union all

        select
            firm_id,
            '{{ code }}' as code,
            {{ subject_key('clio-account', 'bank_account_id') }} as subject_key,
            {{ amount }} as difference_amount,
            cast({{ day }} as date) as difference_date
        from {{ ref('int_trust_figures') }}
    {%- endfor %}

),

findings_with_what_they_list as (

    select
        findings.*,
        {{ exception_id('findings.firm_id', 'findings.code', 'findings.subject_key', 'findings.detail_key') }}
            as exception_id,
        case
            when totals.code is not null
                then concat_ws('|', totals.difference_amount, totals.difference_date)
            when findings.code in ('trust_unexplained', 'unexplained')
                then concat_ws('|', findings.amount, findings.ar_effect_amount)
            else
                concat_ws(
                    '|',
                    findings.amount,
                    findings.ar_effect_amount,
                    coalesce(findings.clio_value, ''),
                    coalesce(findings.xero_value, ''),
                    case
                        when findings.code in ('stuck_in_draft_ready', 'stuck_in_draft_edited') then drafts.edits_key
                        when findings.code = 'text_differs' then lines.texts_key
                        when findings.code in ('amounts_differ', 'lines_differ', 'discount_lost') then lines.amounts_key
                        when findings.code = 'fee_taken_without_bill'
                            then concat_ws('|', bills.bill_class, bills.issued_date, bills.payable_amount)
                        when findings.code = 'client_ledger_negative'
                            then concat_ws('|', overdrawn.is_recovered, below_zero.last_negative_date)
                    end
                )
        end as what_it_says
    from {{ ref('int_findings') }} as findings
    left join differences_of_totals as totals
        on
            findings.firm_id = totals.firm_id
            and findings.code = totals.code
            and findings.subject_key = totals.subject_key
    left join {{ ref('int_draft_edits') }} as drafts
        on findings.firm_id = drafts.firm_id and findings.bill_id = drafts.bill_id
    left join lines_of_each_pair as lines
        on findings.firm_id = lines.firm_id and findings.bill_id = lines.bill_id
    left join {{ ref('int_bills_valued') }} as bills
        on findings.firm_id = bills.firm_id and findings.bill_id = bills.bill_id
    left join {{ ref('int_trust_pockets_overdrawn') }} as overdrawn
        on findings.firm_id = overdrawn.firm_id and findings.subject_key = overdrawn.pocket_key
    left join last_days_below_zero as below_zero
        on findings.firm_id = below_zero.firm_id and findings.subject_key = below_zero.pocket_key

)

select
    findings.* exclude (what_it_says),
    md5(concat_ws('|', findings.code, findings.what_it_says)) as fingerprint,
    coalesce(
        findings.changed_at >= tonight.in_flight_since_at and findings.changed_at <= tonight.latest_change_at, false
    ) as is_just_changed,
    tonight.started_at as seen_at
from findings_with_what_they_list as findings
inner join {{ ref('int_tonight') }} as tonight
    on findings.firm_id = tonight.firm_id
