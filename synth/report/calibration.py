"""Note and table on the fit of the technology-free energy model."""

from collections.abc import Sequence

from lmul.reporting.sections import Record, Section, percent_of, plain, significant
from lmul.synth.energy.gate_input_model import FJ_PER_GATE_INPUT, REGISTER_CLOCK
from lmul.synth.energy.horowitz import FIGURES
from lmul.synth.measure.calibration import Fit, fit, fit_jobs
from lmul.synth.measure.session import Measured


def fit_note(measured: Measured) -> str:
    """Write the note beside every energy of the technology-free model, with the residuals where the fit was made."""
    text = (
        f"No library: a toggle costs {FJ_PER_GATE_INPUT} fJ for each gate input that its net drives (an edge of the"
        f" clock is {REGISTER_CLOCK} in each register), a factor fitted to Horowitz's integer operations in 45 nm at"
        " 0.9 V (ISSCC 2014), without glitches"
    )
    if not all(job in measured for job in fit_jobs()):
        return f"{text}."
    return f"{text}; {fit(measured, False).note}."


def fit_section(measured: Sequence[Measured]) -> Section:
    """Make the table of the fit: published energies beside the model's, on netlists of several technologies."""
    records: list[Record] = []
    fits: dict[tuple[str, bool], Fit] = {}
    for each in measured:
        name = each.technology.name
        fits |= {(name, glitches): fit(each, glitches) for glitches in (False, True)}
        for key, published in FIGURES.items():
            record: Record = {"technology": name, "operation": f"int{key[1]} {key[0]}", "published": published}
            for kind, glitches in (("settled", False), ("glitches", True)):
                found = fits[name, glitches]
                record[f"{kind}_inputs"] = found.gate_inputs[key]
                record[kind] = published * (1 + found.residuals[key])
                record[f"{kind}_residual"] = found.residuals[key]
            record["netlist"] = "full adders" if fits[name, False].ours[key] else "Yosys"
            records.append(record)
    columns = {
        "technology": ("netlists of", plain),
        "operation": ("operation", plain),
        "published": ("published pJ", significant(3)),
        "netlist": ("netlist", plain),
        "settled_inputs": ("gate inputs", significant(3)),
        "settled": ("model pJ", significant(3)),
        "settled_residual": ("off by", percent_of(0)),
        "glitches": ("with glitches", significant(3)),
        "glitches_residual": ("off by ", percent_of(0)),
    }
    factors = [
        f"{name} {'with' if glitches else 'without'} glitches {found.factor:.3f} fJ a gate input, off by a factor of"
        f" {found.spread:.2f} (root mean square)"
        for (name, glitches), found in fits.items()
    ]
    return Section(
        "fit",
        "Technology-free energy: the fit",
        records,
        columns,
        ("technology",),
        [
            "A toggle of a net costs one factor for each gate input that the net drives. The factor is that of the"
            " least squares of logarithms over the five figures of M. Horowitz, ISSCC 2014 (45 nm, 0.9 V); of two"
            " netlists, what Yosys makes of + or * and one of full adders, that with fewer toggles counts. Operands"
            " are uniform integers without sign, all bits new in each cycle; products have all bits.",
            f"{'; '.join(factors)}. The fit to generic gates without glitches is the one in use, for energies with"
            " glitches too: unit delays overstate what glitches cost in a large array, and fit worse. The source says"
            " nothing of its operands and circuits: no figure of the model is better than the residuals.",
        ],
    )
