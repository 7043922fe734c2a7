"""A report: the comparison with everything that is needed to repeat it, and its files."""

from collections.abc import Mapping
from dataclasses import dataclass

from lmul.reporting.sections import Section
from lmul.synth.report.multipliers.comparison import Comparison
from lmul.synth.report.provenance import library_of


@dataclass(frozen=True)
class Report:
    """A comparison and where it comes from. It knows no folder and no date: same input, same bytes.

    Parameters
    ----------
    comparison : Comparison
        What was measured.
    command : str
        The command that repeats it.
    tools : mapping of str to str
        Versions, by name of the tool.
    products : mapping of str to int, or None
        How many products of each unit's Verilog were compared with the golden model, none of them different, by
        the unit's name; None where the units were not verified.
    rivals : Section or None
        Multipliers from elsewhere, if there are any.
    """

    comparison: Comparison
    command: str
    tools: Mapping[str, str]
    products: Mapping[str, int] | None = None
    rivals: Section | None = None

    @property
    def provenance(self) -> dict[str, str]:
        """Command, tools, library, verification and flow, as one line each."""
        technology = self.comparison.technology
        verified = "the units were not simulated"
        if self.products is not None:
            count = sum(self.products.values())
            verified = f"{count:,} products of the Verilog equal the golden model's, 0 differ"
        return {
            "command": self.command,
            "tools": ", ".join(f"{name} {number}" for name, number in self.tools.items()),
            "library": library_of(technology),
            "verification": verified,
            "flow": "; ".join(technology.flow("UNIT")),
        }
