{#-
    Those of some lines that have no partner yet: each of `settled` gives two lines of a pair by their keys. Side and key
    are columns of one list: a join that has to look which side a line is on would compare all with all.
-#}
{% macro lines_left(lines, settled) -%}
    {%- set parts = [] -%}
    {%- for pairs_of_lines in settled -%}
        {%- for side in ['clio', 'xero'] -%}
            {%- do parts.append(
                "select firm_id, bill_id, '" ~ side ~ "' as side, " ~ side ~ "_line_key as line_key from "
                ~ pairs_of_lines
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    select lines.*
    from {{ lines }} as lines
    left join (
        {{ parts | join('\n        union all\n        ') }}
    ) as settled
        on
            lines.firm_id = settled.firm_id
            and lines.bill_id = settled.bill_id
            and lines.side = settled.side
            and lines.line_key = settled.line_key
    where settled.line_key is null
{%- endmacro %}
