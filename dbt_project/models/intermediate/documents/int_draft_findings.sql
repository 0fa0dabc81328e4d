-- Drafts of approved bills in a bookkeeper's words: what they lack, then the step. A draft is ready where it needs no
-- edit, that is number, contact, dates, currency, net, tax and every line agree, wording too, and nothing forbids to
-- approve it; else it is to be edited, and what stands in the way comes first. The accounts that keep it from being
-- approved are handed on: several drafts may share one.
with

drafts as (

    select
        classified.firm_id,
        classified.bill_id,
        classified.invoice_id,
        classified.ar_difference_amount,
        classified.changed_at,
        bills.bill_number,
        bills.client_name,
        bills.payable_amount,
        bills.number_key as bill_number_key,
        bills.issued_date as clio_issued_date,
        bills.currency_code as clio_currency_code,
        invoices.document_kind,
        invoices.invoice_number,
        invoices.number_key,
        invoices.contact_name,
        invoices.contact_status,
        invoices.issued_date as xero_issued_date,
        invoices.currency_code as xero_currency_code,
        pairs.contact_outcome,
        -- A credit note is compared by hand.
        compared.bill_id is not null as is_compared,
        compared.number_agrees,
        compared.contact_agrees,
        compared.currency_agrees,
        compared.clio_due_date,
        compared.xero_due_date,
        compared.clio_net_amount,
        compared.xero_net_amount,
        compared.clio_tax_amount,
        compared.xero_tax_amount,
        {{ bill_in_words('bills') }} as the_bill,
        {{ bill_standing('bills') }} as bill_standing,
        {{ money_text('bills.payable_amount') }} as bill_total,
        {{ money_text('bills.balance_amount') }} as bill_balance,
        {{ invoice_in_words('invoices') }} as the_invoice,
        {{ invoice_standing('invoices') }} as invoice_standing,
        {{ status_in_words('invoices.invoice_status', 'said') }} as invoice_status_said
    from {{ ref('int_documents_classified') }} as classified
    inner join {{ ref('int_bills_valued') }} as bills
        on classified.firm_id = bills.firm_id and classified.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on classified.firm_id = invoices.firm_id and classified.invoice_id = invoices.invoice_id
    left join {{ ref('int_pairs') }} as pairs
        on classified.firm_id = pairs.firm_id and classified.bill_id = pairs.bill_id
    left join {{ ref('int_pairs_compared') }} as compared
        on classified.firm_id = compared.firm_id and classified.bill_id = compared.bill_id
    where classified.outcome = 'stuck_in_draft'

),

-- From Xero's value to Clio's: the heads, then the lines, then what those come to. Interest is left out of the nets on
-- both sides.
edits as (

    {%- for order, label, in_xero, in_clio, differs in [
        (0, 'contact', 'contact_name', 'client_name', 'not contact_agrees'),
        (0.5, 'number', 'invoice_number', 'bill_number', 'not number_agrees'),
        (1, 'issue date', 'xero_issued_date', 'clio_issued_date', 'xero_issued_date is distinct from clio_issued_date'),
        (2, 'due date', 'xero_due_date', 'clio_due_date', 'xero_due_date is distinct from clio_due_date'),
        (3, 'currency', 'xero_currency_code', 'clio_currency_code', 'not currency_agrees'),
        (
            100003, 'net', money_text('xero_net_amount'), money_text('clio_net_amount'),
            'xero_net_amount <> clio_net_amount'
        ),
        (
            100004, 'tax', money_text('xero_tax_amount'), money_text('clio_tax_amount'),
            'xero_tax_amount <> clio_tax_amount'
        ),
    ] %}
        select
            firm_id,
            bill_id,
            {{ order }} as edit_order,
            '{{ label }}: ' || coalesce(cast({{ in_xero }} as varchar), 'none')
            || ' to ' || coalesce(cast({{ in_clio }} as varchar), 'none') as edit
        from drafts
        where is_compared and {{ differs }}

        union all
    {% endfor %}

    select
        lines.firm_id,
        lines.bill_id,
        10 + lines.edit_order as edit_order,
        lines.edit
    from {{ ref('int_line_edits') }} as lines
    inner join drafts
        on lines.firm_id = drafts.firm_id and lines.bill_id = drafts.bill_id

),

edits_of_each_draft as (

    select
        firm_id,
        bill_id,
        {{ listed('list(edit order by edit_order)') }} as edits,
        md5(string_agg(edit, '|' order by edit_order)) as edits_key
    from edits
    group by firm_id, bill_id

),

archived_accounts as (

    select distinct
        drafts.firm_id,
        drafts.bill_id,
        concat_ws(' ', accounts.account_code, accounts.account_name) as account
    from drafts
    inner join {{ ref('stg_xero__invoice_lines') }} as lines
        on drafts.firm_id = lines.firm_id and drafts.invoice_id = lines.invoice_id
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on lines.firm_id = accounts.firm_id and lines.account_code = accounts.account_code
    where accounts.account_status = 'ARCHIVED'

),

obstacles as (

    -- Some of it only has to be seen to first, or Xero refuses: an archived account or contact, a locked period. Some
    -- forbids "ready": a number that another invoice holds, a second document of the same bill, a client that nobody
    -- can tell apart, a total below zero.
    select
        firm_id,
        bill_id,
        1 as obstacle_order,
        false as forbids_ready,
        'account ' || account || ' is archived' as obstacle,
        'Restore account ' || account || ', or code its lines to another one' as step
    from archived_accounts

    union all

    select
        firm_id,
        bill_id,
        2 as obstacle_order,
        false as forbids_ready,
        'contact ' || coalesce(contact_name, 'without a name') || ' is archived' as obstacle,
        'Restore the contact ' || coalesce(contact_name, 'without a name') as step
    from drafts
    where contact_status = 'ARCHIVED' and coalesce(contact_outcome, 'same') <> 'not_visible'

    union all

    select
        drafts.firm_id,
        drafts.bill_id,
        3 as obstacle_order,
        false as forbids_ready,
        'it is dated ' || drafts.xero_issued_date || ', and the books are locked until ' || tonight.locked_until_date
            as obstacle,
        'Ask the firm whether to open the books that are locked until ' || tonight.locked_until_date
        || ' or to date the bill and the draft later' as step
    from drafts
    inner join {{ ref('int_tonight') }} as tonight
        on drafts.firm_id = tonight.firm_id and drafts.xero_issued_date <= tonight.locked_until_date

    union all

    select distinct
        drafts.firm_id,
        drafts.bill_id,
        4 as obstacle_order,
        true as forbids_ready,
        'number ' || drafts.bill_number || ' is held by another invoice, for '
        || coalesce(holders.contact_name, 'no contact')
        || ' (' || {{ status_in_words('holders.invoice_status') }} || ')' as obstacle,
        'Free the number ' || drafts.bill_number || ' in Xero: another invoice holds it' as step
    from drafts
    inner join {{ ref('int_sales_invoices') }} as holders
        on
            drafts.firm_id = holders.firm_id
            and drafts.bill_number_key = holders.number_key
            and drafts.invoice_id <> holders.invoice_id
            and holders.invoice_status <> 'DELETED'
    where drafts.number_key is distinct from drafts.bill_number_key and drafts.document_kind = 'invoice'

    union all

    select
        drafts.firm_id,
        drafts.bill_id,
        5 as obstacle_order,
        true as forbids_ready,
        'invoice ' || coalesce(extras.invoice_number, 'without a number') || ' of '
        || coalesce(cast(extras.issued_date as varchar), 'no date')
        || ' (' || {{ status_in_words('extras.invoice_status') }} || ', '
        || {{ money_text('extras.total_amount') }} || ') is the same bill once more' as obstacle,
        'See to the duplicate, invoice ' || coalesce(extras.invoice_number, 'without a number')
        || ', so that only one of the two is left' as step
    from drafts
    inner join {{ ref('int_documents_classified') }} as duplicates
        on drafts.firm_id = duplicates.firm_id and drafts.bill_id = duplicates.repeated_bill_id
    inner join {{ ref('int_sales_invoices') }} as extras
        on duplicates.firm_id = extras.firm_id and duplicates.invoice_id = extras.invoice_id

    union all

    select
        drafts.firm_id,
        drafts.bill_id,
        6 as obstacle_order,
        true as forbids_ready,
        'more than one client or contact is called ' || drafts.client_name || ', and nothing but the number says which'
            as obstacle,
        'Which of the two is it? If contact ' || coalesce(drafts.contact_name, 'of the draft')
        || ' in Xero is the client of bill '
        || coalesce(drafts.bill_number, drafts.bill_id)
        || ', say so: tieout link '
        || drafts.firm_id
        || ' '
        || drafts.bill_id || ' ' || drafts.invoice_id || ' --by "YOUR NAME" --reason "same client"' as step
    from drafts
    where contact_outcome = 'alike'

    union all

    select
        firm_id,
        bill_id,
        6 as obstacle_order,
        true as forbids_ready,
        'Clio does not show the connected user whose bill it is' as obstacle,
        'Give the user that Tieout connects with the right to see this bill''s client in Clio' as step
    from drafts
    where contact_outcome = 'not_visible'

    union all

    select
        firm_id,
        bill_id,
        7 as obstacle_order,
        true as forbids_ready,
        case document_kind
            when 'credit note' then 'the bill''s total is below zero: in Xero it is a credit note'
            else 'the bill''s total is below zero, and Xero approves no such invoice'
        end as obstacle,
        case document_kind
            when 'credit note' then 'Compare the credit note with the bill line by line, then approve it in Xero'
            else 'Delete the draft, and raise a credit note of ' || {{ money_text('-payable_amount') }} || ' in Xero'
        end as step
    from drafts
    where payable_amount < 0

),

obstacles_of_each_draft as (

    select
        firm_id,
        bill_id,
        bool_or(forbids_ready) as forbids_ready,
        string_agg(obstacle, '; ' order by obstacle_order, obstacle) as obstacles,
        string_agg(step, '. ' order by obstacle_order, step) as steps
    from obstacles
    group by firm_id, bill_id

),

accounts_of_each_draft as (

    select
        firm_id,
        bill_id,
        list(account order by account) as archived_accounts
    from archived_accounts
    group by firm_id, bill_id

),

drafts_with_their_code as (

    select
        drafts.*,
        edits.edits,
        edits.edits_key,
        obstacles.obstacles,
        obstacles.steps,
        accounts.archived_accounts,
        case
            when edits.bill_id is null and not coalesce(obstacles.forbids_ready, false) then 'stuck_in_draft_ready'
            else 'stuck_in_draft_edited'
        end as code,
        ' It has been stuck for ' || date_diff('day', drafts.clio_issued_date, tonight.loaded_date) || ' days, since '
        || drafts.clio_issued_date || '.' as days_stuck
    from drafts
    inner join {{ ref('int_tonight') }} as tonight
        on drafts.firm_id = tonight.firm_id
    left join edits_of_each_draft as edits
        on drafts.firm_id = edits.firm_id and drafts.bill_id = edits.bill_id
    left join obstacles_of_each_draft as obstacles
        on drafts.firm_id = obstacles.firm_id and drafts.bill_id = obstacles.bill_id
    left join accounts_of_each_draft as accounts
        on drafts.firm_id = accounts.firm_id and drafts.bill_id = accounts.bill_id

)

select
    firm_id,
    code,
    code || '|' || {{ subject_key('clio', 'bill_id') }} || '|' || {{ subject_key('xero', 'invoice_id') }}
        as finding_key,
    {{ subject_key('clio', 'bill_id') }} as subject_key,
    bill_id,
    invoice_id,
    cast(abs(ar_difference_amount) as decimal(18, 2)) as amount,
    ar_difference_amount as ar_effect_amount,
    bill_standing as clio_value,
    invoice_standing as xero_value,
    case code
        when 'stuck_in_draft_ready'
            then the_bill || ' is approved in Clio (total ' || bill_total || ', balance '
                || bill_balance || '), but ' || the_invoice || ' is still ' || invoice_status_said
                || ' in Xero. Number, contact, dates, totals, tax and every line agree.' || coalesce(days_stuck, '')
                || coalesce(' What Xero would refuse: ' || obstacles || '.', '')
        when 'stuck_in_draft_edited'
            then the_bill || ' is approved in Clio (total ' || bill_total || ', balance '
                || bill_balance || '), but ' || the_invoice || ' is still ' || invoice_status_said || ' in Xero'
                || coalesce(' with other content. Change in Xero: ' || edits || '.', '.')
                || coalesce(' In the way: ' || obstacles || '.', '') || coalesce(days_stuck, '')
    end as explanation,
    case
        when code = 'stuck_in_draft_ready'
            then coalesce(steps || '. Then approve', 'Approve') || ' the invoice in Xero as it is.'
        when payable_amount < 0 then steps || '.'
        when edits is null then steps || '. Then approve the ' || document_kind || ' in Xero.'
        else coalesce(steps || '. Then edit', 'Edit')
            || ' the ' || document_kind || ' in Xero as listed, and approve it.'
    end as suggested_action,
    edits_key as also_says,
    archived_accounts,
    changed_at
from drafts_with_their_code
