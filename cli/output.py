"""Protection of standard output and standard error against closed pipes and full disks."""

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def protect_output() -> None:
    """Discard output that nobody reads, so that the command ends as if it were read.

    The exit code depends on the work only. A full disk raises an OSError that names the stream.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # else the next file that is opened would get its number
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None or sys.stdout is sys.__stdout__:
        sys.stdout = _protected(sys.stdout, 1, "standard output")
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _protected(sys.stderr, 2, "standard error")


def _protected(stream: TextIO | None, number: int, name: str) -> TextIO:
    encoding, errors = (stream.encoding, stream.errors) if stream else ("utf-8", "backslashreplace")
    buffer = io.BufferedWriter(_Raw(number, name))
    return io.TextIOWrapper(buffer, encoding, errors, line_buffering=number == 2 or os.isatty(number))


class _Raw(io.FileIO):
    def __init__(self, number: int, name: str) -> None:
        super().__init__(number, "w", closefd=False)
        self._called = name
        self._broken = False

    def write(self, data: "ReadableBuffer") -> int:
        if not self._broken:
            try:
                return super().write(data)
            except BrokenPipeError:
                self._broken = True
            except OSError as error:
                self._broken = True
                raise OSError(error.errno, error.strerror, self._called) from None
        return memoryview(data).nbytes
