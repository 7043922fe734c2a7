"""Write a few products of every method into README.md and docs/arithmetic.md: `make products` runs this."""

import sys
from pathlib import Path

from lmul.golden.codes import decode, encode
from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- products: written by make products -->", "<!-- end of products -->"
PAIRS = ((1.0, 1.0), (1.0, 2.0), (2.0, 4.0), (1.5, 1.5), (1.25, 1.75), (1.75, 1.75), (3.0, 5.0))
METHODS = (Method.LMUL, Method.MITCHELL, Method.corrected(2), Method.EXACT)


def table() -> str:
    """The products in e4m3 under flush, in Markdown."""
    lines = ["| x | y | true | " + " | ".join(m.name for m in METHODS) + " |", "|" + "---:|" * (3 + len(METHODS))]
    for x, y in PAIRS:
        codes = encode(E4M3, x), encode(E4M3, y)
        made = [f"{float(decode(E4M3, multiply(Parameters(E4M3, method), *codes))):g}" for method in METHODS]
        lines.append(f"| {x:g} | {y:g} | {x * y:g} | " + " | ".join(made) + " |")
    return "\n".join(lines)


def with_products(text: str) -> str:
    """The document with the table brought up to date."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    for document in (ROOT / "README.md", ROOT / "docs" / "arithmetic.md"):
        document.write_text(with_products(document.read_text()))
        print(document, file=sys.stderr)
