{#-
    Full case folding: what Unicode holds to be one letter written large or small is one letter, so that "ß" is "ss".
    DuckDB's lower() folds letter by letter; what it leaves apart is named here.
-#}
{% macro fold_case(text) -%}
    {%- set ns = namespace(sql="lower(" ~ text ~ ")") -%}
    {%- for letter, folded in [
        ('ß', 'ss'), ('ſ', 's'), ('ς', 'σ'), ('ŉ', 'ʼn'), ('ﬀ', 'ff'), ('ﬁ', 'fi'), ('ﬂ', 'fl'), ('ﬃ', 'ffi'), ('ﬄ', 'ffl'),
        ('ﬅ', 'st'), ('ﬆ', 'st')
    ] -%}
        {%- set ns.sql = "replace(" ~ ns.sql ~ ", '" ~ letter ~ "', '" ~ folded ~ "')" -%}
    {%- endfor -%}
    {{ ns.sql }}
{%- endmacro %}
