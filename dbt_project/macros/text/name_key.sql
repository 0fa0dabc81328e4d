{#-
    The form of a client's name under which two spellings are the same client: Unicode form, case, marks and blanks do
    not count, "Last, First" is "First Last", and "L.L.C." is "LLC". A name with a company word keeps its order, so
    that "Smith, Jones & Co" stays what it is.
-#}
{% macro name_key(name) -%}
    {%- set plain = "regexp_replace(lower(nfc_normalize(" ~ name ~ ")), '[.''’`]', '', 'g')" -%}
    {%- set company = "&|\\b("
        ~ "and|llc|llp|lp|lllp|inc|incorporated|ltd|limited|corp|corporation|co|company|plc|pc|pllc|gmbh|pty"
        ~ "|trust|estate|foundation|partners|group|holdings|associates|bank"
        ~ ")\\b" -%}
    nullif(trim(regexp_replace(
        case
            when regexp_matches({{ plain }}, '{{ company }}') then {{ plain }}
            else regexp_replace({{ plain }}, '^([^,]+),([^,]+)$', '\2 \1')
        end,
        '[^\p{L}\p{M}\p{N}]+', ' ', 'g'
    )), '')
{%- endmacro %}
