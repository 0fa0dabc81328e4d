-- Whether the interest charges r of a bill b add up to its interest.
coalesce(sum(r.total), 0) = coalesce(b.interest_total, 0)
