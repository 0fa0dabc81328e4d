{#-
    The wording of a line as two people would compare it: Unicode form, curly quotes, dashes, no-break and repeated
    blanks, line breaks, HTML entities, case and trailing punctuation do not count. Never null.
-#}
{% macro text_key(text) -%}
    {%- set entities = [
        ('&(nbsp|#160|#xa0);', ' '),
        ('&(quot|#34|#x22|ldquo|#8220|rdquo|#8221);', '"'),
        ('&(apos|#39|#x27|lsquo|#8216|rsquo|#8217);', "''"),
        ('&(ndash|#8211|mdash|#8212);', '-'),
        ('&(hellip|#8230);|…', '...'),
        ('&(lt|#60);', '<'),
        ('&(gt|#62);', '>'),
        ('&(amp|#38);', '&'),
        ('[‘’‚‛′`´]', "''"),
        ('[“”„‟″«»]', '"'),
        ('[‐‑‒–—―−]', '-'),
        ('[\\s\\p{Z}\\x{200B}\\x{FEFF}\\x{00AD}]+', ' '),
        ('[\\s\\p{P}]+$', ''),
    ] -%}
    {%- set ns = namespace(sql="lower(nfc_normalize(coalesce(" ~ text ~ ", '')))") -%}
    {%- for pattern, plain in entities -%}
        {%- set ns.sql = "regexp_replace(" ~ ns.sql ~ ", '" ~ pattern ~ "', '" ~ plain ~ "', 'g')" -%}
    {%- endfor -%}
    trim({{ ns.sql }})
{%- endmacro %}
