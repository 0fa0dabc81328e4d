-- Whether the allocations r of a bill b add up to what it says was paid and credited.
coalesce(sum(r.amount) filter (r.voided_at is null and r.parent_type = 'Payment'), 0) = coalesce(b.paid, 0)
and coalesce(sum(r.amount) filter (r.voided_at is null and r.parent_type = 'CreditMemo'), 0)
    = coalesce(b.credits_issued, 0)
