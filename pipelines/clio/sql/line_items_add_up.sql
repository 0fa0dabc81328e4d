-- Whether the line items r of a bill b add up to what it states. Several readings of a total are possible, and any of
-- them will do: this only decides whether a set is read once more by itself.
coalesce(sum(r.total), 0) in (b.sub_total, b.total, b.total - coalesce(b.interest_total, 0),
                              b.sub_total + coalesce(b.total_tax, 0))
or coalesce(sum(r.total) filter (r.type = 'SummaryLineItem'), 0) in (b.sub_total, b.total)
or coalesce(sum(r.total) filter (r.type is distinct from 'SummaryLineItem'), 0) in (b.sub_total, b.total)
