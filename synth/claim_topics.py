"""The paper's claims, exact rivals in every form, and multipliers from elsewhere, as topics of the full report."""

from collections.abc import Sequence
from dataclasses import dataclass

from lmul.golden.formats import Format
from lmul.synth.claim_rows import claims_jobs, claims_section
from lmul.synth.claims import FORMATS as CLAIMED
from lmul.synth.exact_forms import FORMATS as WIDE
from lmul.synth.exact_forms import exact_forms_jobs, exact_forms_section
from lmul.synth.gate_rows import gates_jobs, gates_section
from lmul.synth.measurement import Plan
from lmul.synth.published import published_section
from lmul.synth.rival_rows import rival_jobs, rival_section
from lmul.synth.rival_source import Rival
from lmul.synth.sections import Section
from lmul.synth.topics import Setting, Topic, in_technology


@dataclass(frozen=True)
class Claims(Topic):
    """What the paper states about energy and gates, and what others have published."""

    def plan(self, setting: Setting) -> Plan:
        """Energies in every technology; gates once."""
        formats = _of(setting, CLAIMED)
        energies = [(measured, claims_jobs(formats)) for measured in setting.each] if formats else []
        return [*energies, (setting.main, gates_jobs())]

    def sections(self, setting: Setting) -> list[Section]:
        """The claims in every technology, the gates, and what is published."""
        formats = _of(setting, CLAIMED)
        each = reversed(setting.each) if formats else ()
        found = [in_technology(claims_section(measured, formats), measured) for measured in each]
        return [*found, gates_section(setting.main), published_section()]


@dataclass(frozen=True)
class ExactForms(Topic):
    """Which form of an exact product is the best in what."""

    def plan(self, setting: Setting) -> Plan:
        """All forms, in the main technology."""
        return [(setting.main, exact_forms_jobs(_of(setting, WIDE)))]

    def sections(self, setting: Setting) -> list[Section]:
        """One table, where a format is wide enough."""
        formats = _of(setting, WIDE)
        return [exact_forms_section(setting.main, formats)] if formats else []


@dataclass(frozen=True)
class Rivals(Topic):
    """Multipliers from elsewhere; none unless there are some.

    Parameters
    ----------
    rivals : tuple of Rival
        As `cli.rivals.rivals_of` gives them.
    """

    rivals: tuple[Rival, ...]

    def plan(self, setting: Setting) -> Plan:
        """All rivals in every technology."""
        return [(measured, rival_jobs(self.rivals)) for measured in setting.each]

    def sections(self, setting: Setting) -> list[Section]:
        """A table a technology."""
        each = reversed(setting.each) if self.rivals else ()
        return [in_technology(rival_section(measured, self.rivals), measured) for measured in each]


def _of(setting: Setting, formats: Sequence[Format]) -> list[Format]:
    return [f for f in formats if f in setting.formats]
