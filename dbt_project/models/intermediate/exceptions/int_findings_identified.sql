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

findings_with_what_they_list as (

    select
        findings.*,
        {{ exception_id('findings.firm_id', 'findings.code', 'findings.subject_key', 'findings.detail_key') }}
            as exception_id,
        case
            when findings.difference is not null then findings.difference
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
                        else findings.also_says
                    end
                )
        end as what_it_says
    from {{ ref('int_findings') }} as findings
    left join {{ ref('int_draft_edits') }} as drafts
        on findings.firm_id = drafts.firm_id and findings.bill_id = drafts.bill_id
    left join lines_of_each_pair as lines
        on findings.firm_id = lines.firm_id and findings.bill_id = lines.bill_id

)

select
    findings.* exclude (what_it_says, difference, also_says),
    md5(concat_ws('|', findings.code, findings.what_it_says)) as fingerprint,
    coalesce(
        findings.changed_at >= tonight.in_flight_since_at and findings.changed_at <= tonight.latest_change_at, false
    ) as is_just_changed,
    tonight.started_at as seen_at
from findings_with_what_they_list as findings
inner join {{ ref('int_tonight') }} as tonight
    on findings.firm_id = tonight.firm_id
