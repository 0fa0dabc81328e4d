-- Everything found tonight, from every section of the rulebook, in one shape.
select * from {{ ref('int_document_findings_worded') }}
union all
select * from {{ ref('int_content_findings_worded') }}
union all by name
select * from {{ ref('int_trust_findings') }}
