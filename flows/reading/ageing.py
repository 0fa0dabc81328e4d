"""Receivables by age, both systems side by side, for each client and all together.

A document's age is the days since its due date on the night's day; one without a due date is due when it was issued.
Credit that no invoice has used has no age and stands for itself, so that a line adds up to the client's bridge.
"""

from datetime import date

BUCKETS = ("current", "1-30", "31-60", "61-90", "over 90")
SYSTEMS = ("clio", "xero")


def key(system: str, bucket: str) -> str:
    """The column of a system's money of this age."""
    return f"{system}_{bucket.replace('-', '_to_').replace(' ', '_')}_amount"


def bucket_of(due: date, day: date) -> str:
    """The age on a day of what was due then; the same as the question below asks of a night."""
    late = (day - due).days
    return next((name for name, last in zip(BUCKETS, (0, 30, 60, 90), strict=False) if late <= last), BUCKETS[-1])


def _columns() -> str:
    return ",\n    ".join(
        f"cast(coalesce(sum(amount) filter (system = '{system}' and bucket = '{bucket}'), 0) as decimal(18, 2))"
        f' as "{key(system, bucket)}"'
        for system in SYSTEMS
        for bucket in BUCKETS
    )


# One row per client, by name, and last, with is_total, one of all. Value: $firm.
SQL = f"""
with days as (
    select as_of_date from recon.run_statements where firm_id = $firm order by started_at desc, run_id desc limit 1
), documents as (
    select
        coalesce(clio_client_name, xero_contact_name) as client_name, 'clio' as system, clio_ar_amount as amount,
        coalesce(clio_due_date, clio_issued_date) as due_date
    from recon.matched_bills where firm_id = $firm
    union all
    select coalesce(clio_client_name, xero_contact_name), 'xero', xero_ar_amount, coalesce(xero_due_date, xero_date)
    from recon.matched_bills where firm_id = $firm
), aged as (
    select
        client_name, system, amount,
        case
            when as_of_date - due_date > 90 then 'over 90'
            when as_of_date - due_date > 60 then '61-90'
            when as_of_date - due_date > 30 then '31-60'
            when as_of_date - due_date > 0 then '1-30'
            else 'current'
        end as bucket
    from documents cross join days
    where amount <> 0
    union all
    select client_name, 'xero', amount, 'not applied'
    from recon.ar_tie_out_by_client where firm_id = $firm and step = 'unapplied_credit'
)
select
    case when grouping(client_name) = 1 then 'All clients' else coalesce(client_name, 'No client') end as client_name,
    {_columns()},
    cast(coalesce(sum(amount) filter (bucket = 'not applied'), 0) as decimal(18, 2)) as xero_not_applied_amount,
    cast(coalesce(sum(amount) filter (system = 'clio'), 0) as decimal(18, 2)) as clio_total_amount,
    cast(coalesce(sum(amount) filter (system = 'xero'), 0) as decimal(18, 2)) as xero_total_amount,
    grouping(client_name) = 1 as is_total
from aged
group by grouping sets ((client_name), ())
order by grouping(client_name), aged.client_name
"""
