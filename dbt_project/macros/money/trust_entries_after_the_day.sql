{#-
    Entries of trust accounts that are dated after the night's day. Clio states what an account, a matter and a client
    hold as of now: such figures are brought back to the day with them. int_trust_entries has those up to the day.
-#}
{% macro trust_entries_after_the_day() -%}
    select
        entries.firm_id,
        entries.bank_account_id,
        accounts.account_name,
        entries.matter_id,
        {{ pocket_key('entries') }} as pocket_key,
        {{ signed_funds('entries') }} as signed_amount
    from {{ ref('stg_clio__bank_transactions') }} as entries
    inner join {{ ref('int_trust_accounts') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    where coalesce(entries.entry_date, cast(entries.created_at as date)) > accounts.as_of_date
{%- endmacro %}
