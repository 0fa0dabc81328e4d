"""The README's tables of findings, as the seed of findings has them."""

from flows.reading.words import FINDINGS

HEADINGS = {
    "documents": "At most one per bill says what is wrong with the document itself:",
    "content": "Where both are approved, their content is compared:",
    "payments": "Payments and credits, one row each:",
    "totals": "The totals:",
    "trust": "Client money, with no tolerance at all:",
}


def table(family: str) -> str:
    """A heading and one line per code: severity, with what may be otherwise; what it says; what to do."""
    lines = [HEADINGS[family], "", "| code | severity | what it says | what to do |", "| --- | --- | --- | --- |"]
    for code, row in FINDINGS.items():
        if row["family"] == family:
            severity = ", ".join(word for word in (row["severity"], row["severity_otherwise"]) if word)
            lines.append(f"| `{code}` | {severity} | {row['meaning']} | {row['what_to_do']} |")
    return "\n".join(lines)


def tables() -> str:
    """All of them, in the order of the families."""
    return "\n\n".join(table(family) for family in HEADINGS)
