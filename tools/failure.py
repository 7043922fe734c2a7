"""Outcomes of jobs that failed, which everything that is computed from them shares."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NoReturn

FAILED = "failed"
"""Text in place of a number that could not be found out."""


@dataclass(frozen=True)
class Failure:
    """Job that failed.

    Parameters
    ----------
    job : str
        Kind of job and name of the unit.
    context : str
        Name of its context, such as a cell library; empty where it has none.
    reason : str
        Message of the error.
    """

    job: str
    context: str
    reason: str

    @property
    def sentence(self) -> str:
        """Say what failed, where and why."""
        return f"{self.job}{' in ' if self.context else ''}{self.context}: {self.reason}"


class FailedJobError(RuntimeError):
    """Decision that would depend on the outcome of a failed job."""


def failure_of(job: object, context: object, error: Exception) -> Failure:
    """Describe a job that raised an error."""
    return Failure(_job_name(job), str(getattr(context, "name", "")), " ".join(str(error).split()))


def _job_name(job: object) -> str:
    values = [getattr(job, field.name) for field in fields(job)] if is_dataclass(job) else []
    names = [value.name for value in values if isinstance(getattr(value, "name", None), str)]
    return f"{type(job).__name__} of {', '.join(names)}" if names else repr(job)


class FailedOutcome:
    """Outcome of a failed job: it has every attribute, and is what is computed with it.

    Whatever depends on its value in another way, such as a comparison, raises `FailedJobError`.
    """

    __slots__ = ("_failure",)

    def __init__(self, failure: Failure) -> None:
        self._failure = failure

    def __getattr__(self, name: str) -> "FailedOutcome":
        if name.startswith("__"):
            self._decided()
        return self

    def _same(self, *_: Any, **__: Any) -> "FailedOutcome":
        return self

    def _decided(self, *_: Any) -> NoReturn:
        raise FailedJobError(self._failure.sentence)

    def __repr__(self) -> str:
        return FAILED

    def __format__(self, _: str) -> str:
        return FAILED

    __array_ufunc__ = __call__ = __getitem__ = __neg__ = __abs__ = __round__ = _same
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __pow__ = _same
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rpow__ = _same
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _decided
    __hash__ = __bool__ = __array__ = __float__ = __int__ = __index__ = __len__ = __iter__ = _decided


def failure_in(outcome: object) -> Failure | None:
    """Return the failure of an outcome; None where its job did not fail."""
    return outcome._failure if isinstance(outcome, FailedOutcome) else None


def number(value: Any) -> float:
    """Return a number, 0 for None; what is failed stays failed."""
    return value if isinstance(value, FailedOutcome) else float(value or 0)  # type: ignore[return-value]


def least(values: Iterable[Any]) -> Any:
    """Return the smallest of some numbers; if one is failed, so is the smallest."""
    known = list(values)
    failed = [value for value in known if isinstance(value, FailedOutcome)]
    return failed[0] if failed else min(known)


def as_text(value: Any) -> Any:
    """Replace failed outcomes by the text `failed`, also in lists and mappings."""
    if isinstance(value, FailedOutcome):
        return FAILED
    if isinstance(value, dict):
        return {key: as_text(each) for key, each in value.items()}
    return type(value)(map(as_text, value)) if type(value) in (list, tuple) else value
