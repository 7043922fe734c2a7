"""Figures that others have published, with their sources; none of them is measured here."""

from dataclasses import dataclass

from lmul.reporting.sections import Section, plain


@dataclass(frozen=True)
class Published:
    """Published figures of one unit.

    Parameters
    ----------
    source : str
        Authors and publication.
    conditions : str
        Technology and tools.
    format, unit : str
        Format and unit that the figures are for.
    figures : str
        Figures as published, with their units.
    """

    source: str
    conditions: str
    format: str
    unit: str
    figures: str


_UCSD = ("UCSD, Multiplication is Not What You Need, 2025", "PyRTL, nangate45")
_VUB = ("VUB, arXiv 2412.18948", "UltraScale+")
_PAPER = ("Luo and Sun, arXiv 2410.00907", "estimates, no netlist")
_EXACT = ("public Verilog, mapped by Yosys to generic gates", "before this report, another flow")
_PROBES = ("the same, and probes of ours", "nangate45, plain Yosys flow, before this report")

PUBLISHED = (
    Published(*_PAPER, "fp8", "exact; L-Mul", "325 (e4m3), 296 (e5m2); 157 gates of its recipe"),
    Published(*_PAPER, "fp16, fp32", "L-Mul", "95 % of the energy of products, 80 % of dot products saved"),
    Published(*_UCSD, "fp8", "multiplier", "236 um2"),
    Published(*_UCSD, "fp8", "L-Mul, before its zero handling", "113 um2"),
    Published(*_UCSD, "fp8", "adder", "466 um2"),
    Published(*_UCSD, "bf16", "multiplier; L-Mul; adder", "1103; 256; 1033 um2"),
    Published(*_UCSD, "fp32", "multiplier; L-Mul; adder", "6353; 703; 3230 um2"),
    Published(*_VUB, "e4m3", "L-Mul, zero flag only", "22 LUT, 617 MHz, 1.34 mW"),
    Published(*_VUB, "e5m2", "L-Mul, zero flag only", "21 LUT"),
    Published(*_VUB, "8 bits", "exact integer multiplier of AMD", "69 LUT"),
    Published(
        "AxCore, MICRO 2025",
        "an accelerator",
        "fp16 x int4 and others",
        "adder for multiplier",
        "total energy 1.1 to 2.2 times better; breaks on subnormal weights",
    ),
    Published(
        "Lindberg and Gustafsson, arXiv 2406.18441",
        "standard cells and FPGA",
        "fp8",
        "integer addition with a conditional carry-in",
        "correctly rounded products",
    ),
    Published(*_EXACT, "e4m3", "RTLDesignSherpa (flush, NaN)", "235 NAND2 equivalents"),
    Published(*_EXACT, "e4m3", "HardFloat; FPnew (IEEE, subnormals)", "399; 479 NAND2 equivalents"),
    Published(*_EXACT, "e5m2", "RTLDesignSherpa; HardFloat; FPnew", "197; 296; 446 NAND2 equivalents"),
    Published(*_EXACT, "bf16", "RTLDesignSherpa; HardFloat; FPnew", "837; 1126; 1320 NAND2 equivalents"),
    Published(*_PROBES, "e4m3", "RTLDesignSherpa; HardFloat; UCSD's L-Mul", "187; 328; 56.7 um2"),
    Published(*_PROBES, "bf16", "RTLDesignSherpa; UCSD's L-Mul", "678; 144 um2"),
)
"""Rows of the table, in order."""


def published_section() -> Section:
    """Make the table of published figures."""
    return Section(
        "published",
        "Published figures of others, as they stand in the sources",
        [dict(vars(figure)) for figure in PUBLISHED],
        {
            "source": ("source", plain),
            "conditions": ("conditions", plain),
            "format": ("format", plain),
            "unit": ("unit", plain),
            "figures": ("figures", plain),
        },
        ("source",),
        [
            "Quoted, not measured: other libraries, tools, edges and constraints, so that nothing follows from dividing"
            " them by numbers of other tables. The rows on public exact multipliers say how large those are that others"
            " wrote: an exact unit of ours that is larger than the first of each format is a straw man. To measure"
            " one of them here, by the flow of our units, give its files to --rival."
        ],
    )
