{#-
    The wording of a line as two people would compare it: Unicode form, curly quotes, dashes, no-break and repeated
    blanks, line breaks, HTML entities, case and trailing punctuation do not count. Never null.
-#}
{% macro text_key(text) -%}
    {%- set entities = [
        ('&nbsp;', ' '), ('&#160;', ' '), ('&quot;', '"'), ('&#34;', '"'), ('&apos;', "''"), ('&#39;', "''"),
        ('&#x27;', "''"), ('&rsquo;', "''"), ('&lsquo;', "''"), ('&ldquo;', '"'), ('&rdquo;', '"'),
        ('&ndash;', '-'), ('&mdash;', '-'), ('&hellip;', '...'), ('&lt;', '<'), ('&gt;', '>'), ('&amp;', '&'),
    ] -%}
    {%- set ns = namespace(sql="lower(nfc_normalize(coalesce(" ~ text ~ ", '')))") -%}
    {%- for entity, plain in entities -%}
        {%- set ns.sql = "replace(" ~ ns.sql ~ ", '" ~ entity ~ "', '" ~ plain ~ "')" -%}
    {%- endfor -%}
    {%- set ns.sql = "translate(" ~ ns.sql ~ ", '‘’‚‛′`´“”„‟″«»‐‑‒–—―−', '''''''''''''''\"\"\"\"\"\"\"-------')" -%}
    {%- set ns.sql = "replace(" ~ ns.sql ~ ", '…', '...')" -%}
    {%- set ns.sql = "regexp_replace(" ~ ns.sql ~ ", '[\\s\\p{Z}\\x{200B}\\x{FEFF}\\x{00AD}]+', ' ', 'g')" -%}
    trim(regexp_replace({{ ns.sql }}, '[\s\p{P}]+$', ''))
{%- endmacro %}
