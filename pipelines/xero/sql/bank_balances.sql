-- What the trial balance that was loaded last has on each bank account. Before tonight's is loaded, it is that of the
-- last night. Parameters: the firm, three times.
select account_id, sum(coalesce(ytd_debit, 0) - coalesce(ytd_credit, 0)) from xero.trial_balance
where firm_id = ? and account_id in (select account_id from xero.accounts where firm_id = ? and type = 'BANK')
    and loaded_at = (select max(loaded_at) from xero.trial_balance where firm_id = ?)
group by account_id order by account_id
