{#-
    The form of a client's name under which two spellings are the same client: Unicode form, case, marks and blanks do
    not count, "Last, First" is "First Last", and "L.L.C." is "LLC". A name with a company word keeps its order, so
    that "Smith, Jones & Co" stays what it is; people may be called Co or Bank too, which is what name_alias_key is for.
-#}
{% macro name_key(name) -%}
    {%- set plain = name_without_marks(name) -%}
    {{ words_of_name(
        "case when " ~ says_company(plain) ~ " then " ~ plain ~ " else " ~ first_name_first(plain) ~ " end"
    ) }}
{%- endmacro %}

{#- The other reading of a name with one comma and a company word: "Co, Maria" may be Maria Co. Null where there is none. -#}
{% macro name_alias_key(name) -%}
    {%- set plain = name_without_marks(name) -%}
    {{ words_of_name(
        "case when " ~ says_company(plain) ~ " and regexp_matches(" ~ plain ~ ", '^[^,]+,[^,]+$') then "
        ~ first_name_first(plain) ~ " end"
    ) }}
{%- endmacro %}

{% macro name_without_marks(name) -%}
    regexp_replace({{ fold_case("nfc_normalize(" ~ name ~ ")") }}, '[.''’`]', '', 'g')
{%- endmacro %}

{% macro first_name_first(plain) -%}
    regexp_replace({{ plain }}, '^([^,]+),([^,]+)$', '\2 \1')
{%- endmacro %}

{% macro says_company(plain) -%}
    {%- set company = "&|\\b("
        ~ "and|llc|llp|lp|lllp|inc|incorporated|ltd|limited|corp|corporation|co|company|plc|pc|pllc|gmbh|pty"
        ~ "|trust|estate|foundation|partners|group|holdings|associates|bank"
        ~ ")\\b" -%}
    regexp_matches({{ plain }}, '{{ company }}')
{%- endmacro %}

{% macro words_of_name(plain) -%}
    nullif(trim(regexp_replace({{ plain }}, '[^\p{L}\p{M}\p{N}]+', ' ', 'g')), '')
{%- endmacro %}
