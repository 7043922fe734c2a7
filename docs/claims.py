"""Write docs/claims.md, the ledger of claims about accuracy, from results/accuracy_*.json: `make claims` runs this."""

import json
import sys
from pathlib import Path
from typing import Any

from lmul.accuracy.attention.claims import Attention
from lmul.accuracy.dots.claims import Sums
from lmul.accuracy.language.claims import Perplexities
from lmul.accuracy.products.claims import Products
from lmul.accuracy.verdicts import RULES

ROOT = Path(__file__).parent.parent

HEAD = f"""# Claims about accuracy, and what was measured

Written by `make claims` from the files accuracy_*.json that its commands leave; verdicts follow from the figures by
rule. *paper* is arXiv 2410.00907, in our words; *ours* are figures that this project had before it had these commands.
L-Mul is the adder with the paper's constant. A verdict is about the operands that its row names. Claims of cost are in
the reports.

{RULES}
"""


def ledger(results: Path) -> str:
    """The text of docs/claims.md."""
    found = {name: read(results, name) for name in ("products", "dots", "attention", "language")}
    products, sums = Products(found["products"]), Sums(found["dots"])
    sections = {
        ("Products", "products"): list(products.claims()),
        ("Sums", "dots"): list(sums.claims()),
        ("Attention", "attention"): list(Attention(found["attention"]).claims()),
        ("Language models", "language"): list(Perplexities(found["language"]).claims()),
        ("Figures of ours", "products"): list(products.own_figures()),
    }
    parts = [HEAD]
    for (title, name), entries in sections.items():
        command = found[name].get("command", f"lmul accuracy {name}")
        lines = [
            f"## {title}",
            "",
            f"By `{command}`.",
            "",
            "| claim | by | of | verdict | figures |",
            "|---|---|---|---|---|",
        ]
        for e in entries:
            cells = (e.claim, e.source, e.condition, e.verdict, e.figures)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def read(results: Path, name: str) -> dict[str, Any]:
    """What a command wrote; nothing where it was not run."""
    path = results / f"accuracy_{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


if __name__ == "__main__":
    path = ROOT / "docs" / "claims.md"
    path.write_text(ledger(ROOT / "results"))
    print(path, file=sys.stderr)
