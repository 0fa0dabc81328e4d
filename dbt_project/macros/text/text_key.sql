{#-
    The wording of a line as two people would compare it: Unicode form, curly quotes, dashes, no-break and repeated
    blanks, line breaks, HTML entities, case and trailing punctuation do not count. Never null. Most narratives are plain
    ASCII without entities, and skip what cannot concern them.
-#}
{% macro text_key(text) -%}
    {%- set plain = "lower(coalesce(" ~ text ~ ", ''))" -%}
    {%- set decoded = "case when contains(" ~ plain ~ ", '&') then " ~ replace_patterns(plain, [
        ('&(nbsp|#160|#xa0);', ' '),
        ('&(quot|#34|#x22|ldquo|#8220|rdquo|#8221);', '"'),
        ('&(apos|#39|#x27|lsquo|#8216|rsquo|#8217);', "''"),
        ('&(ndash|#8211|mdash|#8212);', '-'),
        ('&(hellip|#8230);', '...'),
        ('&(lt|#60);', '<'),
        ('&(gt|#62);', '>'),
        ('&(amp|#38);', '&'),
    ]) ~ " else " ~ plain ~ " end" -%}
    {%- set unicode = replace_patterns("lower(nfc_normalize(" ~ decoded ~ "))", [
        ('[‘’‚‛′´]', "''"),
        ('[“”„‟″«»]', '"'),
        ('[‐‑‒–—―−]', '-'),
        ('…', '...'),
        ('[\\p{Z}\\x{200B}\\x{FEFF}\\x{00AD}]+', ' '),
    ]) -%}
    {%- set folded = "case when strlen(" ~ text ~ ") = length(" ~ text ~ ") then " ~ decoded
        ~ " else " ~ unicode ~ " end" -%}
    trim({{ replace_patterns(folded, [('\\s+', ' '), ('[\\s\\p{P}]+$', '')]) }})
{%- endmacro %}

{#- One pattern after the other, everywhere. -#}
{% macro replace_patterns(text, patterns) -%}
    {%- set ns = namespace(sql=text) -%}
    {%- for pattern, plain in patterns -%}
        {%- set ns.sql = "regexp_replace(" ~ ns.sql ~ ", '" ~ pattern ~ "', '" ~ plain ~ "', 'g')" -%}
    {%- endfor -%}
    {{ return(ns.sql) }}
{%- endmacro %}
