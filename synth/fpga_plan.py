"""Which units a report puts into FPGAs, and how."""

from collections.abc import Iterable

from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, FP32, Format
from lmul.golden.parameters import Method, Parameters, Policy
from lmul.hdl.multiplier import PIPELINE_DEPTHS
from lmul.synth.designs import differ, dot_parameters
from lmul.synth.fpga import Family
from lmul.synth.fpga_jobs import FabricCost, Form, Frequency
from lmul.synth.measurement import Job
from lmul.synth.place import Device

CELL_FORMATS = (E4M3, E5M2, E3M4, BF16, FP16, FP32)
TIMED_FORMATS = (E4M3, E5M2, E3M4, BF16)
METHODS = ("lmul", "corrected2", "exact")

RAW = Parameters(E4M3, policy=Policy.RAW)
"""The bare sum, which wraps."""

DSP_DEVICE = Device.ECP5_45K
"""The device that has multiplier blocks; the hx8k has none."""


def units(formats: Iterable[Format]) -> list[Parameters]:
    """The multipliers of some formats, those left out that are the same as others."""
    return [dot_parameters(f, method).product for f in formats for method in METHODS if differ(f, method)]


def costs(parameters: Parameters, family: Family) -> list[FabricCost]:
    """A unit in each of its forms."""
    return [FabricCost(parameters, family, form) for form in Form]


def with_dsp(parameters: Parameters, family: Family) -> FabricCost:
    """An exact unit whose multiplication may become a multiplier block."""
    return FabricCost(parameters, family, Form.OPERATORS, dsp=True)


def frequencies(parameters: Parameters, device: Device, pipeline: int) -> list[Frequency]:
    """A unit in each of its forms with so many ranks of registers; those with operators have none."""
    forms = list(Form) if pipeline == 0 else [Form.GATES]
    return [Frequency(parameters, device, device.version, form, pipeline) for form in forms]


def frequency_with_dsp(parameters: Parameters) -> Frequency:
    """An exact unit whose multiplication may become a multiplier block."""
    return Frequency(parameters, DSP_DEVICE, DSP_DEVICE.version, Form.OPERATORS, dsp=True)


def fpga_jobs(formats: Iterable[Format] = CELL_FORMATS, timed: Iterable[Format] = TIMED_FORMATS) -> list[Job]:
    """What `fpga_section` and `fmax_section` need, without the frequencies of devices whose nextpnr is missing."""
    found: list[Job] = []
    for p in [RAW, *units(formats)]:
        for family in Family:
            found += costs(p, family)
            found += [with_dsp(p, family)] if p.method is Method.EXACT else []
    for p in units(timed):
        for device in Device:
            if device.version is not None:
                found += [job for pipeline in PIPELINE_DEPTHS for job in frequencies(p, device, pipeline)]
        if p.method is Method.EXACT and DSP_DEVICE.version is not None:
            found.append(frequency_with_dsp(p))
    return found
