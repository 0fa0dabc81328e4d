-- Bills that live or vanished and found no invoice by number at all, with a dead one of client, date and total.
with

settled_before as (

    select * from {{ ref('int_pairs_by_number') }}
    union all
    select * from {{ ref('int_pairs_by_date') }}
    union all
    select * from {{ ref('int_pairs_with_the_dead') }}

),

{{ unsettled_documents('the_bereft', false, true, 'settled_before') }},

{{ pair_by_date_and_total('bills_of_the_bereft', 'invoices_of_the_bereft', 'the_bereft') }},

settled_with_the_bereft as (

    select * from settled_before
    union all
    select * from pairs_by_date_and_total_the_bereft

),

{{ unsettled_documents('the_vanished', 'vanished', true, 'settled_with_the_bereft') }},

{{ pair_by_date_and_total('bills_of_the_vanished', 'invoices_of_the_vanished', 'the_vanished') }}

select * from pairs_by_date_and_total_the_bereft
union all
select * from pairs_by_date_and_total_the_vanished
