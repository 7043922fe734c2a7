"""Keep what README.md and docs/ show of results/: docs/results/summary.json, and pictures beside it.

`make results`, `make claims` and `make proofs` write results/, which is not committed, and then run this.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS, SHOWN = ROOT / "results", ROOT / "docs" / "results"
KEPT = {
    "report": ("library", "units"),
    "arrays": ("library", "lanes", "accuracy", "findings", "scaled_side_by_side", "log_converters"),
    "full": ("libraries", "summary", "equal_accuracy", "claims_", "fpga_plain", "fpga", "pareto_dot"),
}
"""Of each report, the keys that `figures.py` reads; one with _ at its end stands for that of the last library."""

PICTURES = ("report.png", "arrays.png", "full_pareto.png", "accuracy_products.png")


def summary(results: Path, before: dict[str, Any]) -> dict[str, Any]:
    """Collect what is kept of the reports that are there; of others, what was kept before.

    Parameters
    ----------
    results : Path
        Folder of the reports.
    before : dict
        The summary as it is.
    """
    found = dict(before)
    for name, keys in KEPT.items():
        report = _read(results / f"{name}.json")
        if report:
            library = report["libraries"][-1]["library"]["name"].split(".")[0] if "libraries" in report else ""
            named = [f"{key}{library}" if key.endswith("_") else key for key in keys]
            found[name] = {key: report[key] for key in named}
    proofs = _read(results / "proofs.json")
    if proofs:
        outcomes = [proof["outcome"] for proof in proofs["proofs"]]
        found["proofs"] = {
            "units": len(outcomes),
            "proved": outcomes.count("proved"),
            "pipelined": sum(proof["pipeline"] > 0 for proof in proofs["proofs"]),
            "seconds": proofs["seconds"],
            "cores": proofs["cores"],
        }
    return found


def written(found: dict[str, Any]) -> str:
    """Write a summary as JSON, a record a line."""
    parts = []
    for name, report in found.items():
        lines = ",\n".join(f" {json.dumps(key)}: {_value(value)}" for key, value in report.items())
        parts.append(f"{json.dumps(name)}: {{\n{lines}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {json.dumps(each)}" for each in value) + "\n ]"
    return json.dumps(value)


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.exists() else {}


if __name__ == "__main__":
    path = SHOWN / "summary.json"
    path.write_text(written(summary(RESULTS, _read(path))))
    for picture in (RESULTS / name for name in PICTURES):
        if picture.exists():
            shutil.copyfile(picture, SHOWN / picture.name)
    print(path, file=sys.stderr)
