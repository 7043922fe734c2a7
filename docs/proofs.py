"""Write what is proved into README.md, from docs/results/summary.json: `make proofs` runs this."""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- proofs: written by make proofs -->", "<!-- end of proofs -->"


def sentences(found: dict[str, Any]) -> str:
    """How many units are proved, and in what time."""
    units, proved, pipelined = found["units"], found["proved"], found["pipelined"]
    share = f"All {proved:,}" if proved == units else f"{proved:,} of {units:,}"
    return "\n".join(
        [
            f"{share} units on the list, in both styles, {pipelined} of them pipelined, are proved to compute the",
            "specified product for all operands: `lmul prove --all`,"
            f" {found['seconds'] / 60:.0f} minutes on {found['cores']} cores.",
            "[By method and policy, with what is only simulated and what is neither](docs/proofs.md). Dot products and",
            "arrays are [proved part by part](docs/lanes.md), and so is how the parts are joined: `lmul prove lanes`.",
        ]
    )


def with_proofs(readme: str, found: dict[str, Any]) -> str:
    """The README with these sentences brought up to date."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{sentences(found)}\n{END}{after}"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    found = json.loads((ROOT / "docs" / "results" / "summary.json").read_text())
    readme.write_text(with_proofs(readme.read_text(), found["proofs"]))
    print(readme, file=sys.stderr)
