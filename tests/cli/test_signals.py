"""An interruption that something swallows comes again; one that is being dealt with does not."""

import contextlib
import signal
import time

import pytest

from lmul.cli.signals import INTERRUPTIONS, Interruptions


@pytest.fixture
def interruptions(lmul):
    """Installed; the fixture `lmul` puts things back."""
    installed = Interruptions()
    installed.install()
    yield installed
    installed.ignore()


class Fragile:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)


def swallowed_in_a_destructor():
    Fragile()


def swallowed_by_a_library():
    with contextlib.suppress(BaseException):
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize("swallow", [swallowed_in_a_destructor, swallowed_by_a_library])
def test_what_is_swallowed_is_raised_again(interruptions, swallow):
    with pytest.raises(KeyboardInterrupt):
        swallow()
        time.sleep(5)
    assert interruptions.seen


@pytest.mark.parametrize("number", INTERRUPTIONS)
def test_tidying_up_is_not_interrupted(interruptions, number):
    tidied = False
    with pytest.raises(KeyboardInterrupt):
        try:
            signal.raise_signal(number)
        finally:
            with contextlib.suppress(FileNotFoundError):
                raise FileNotFoundError
            signal.raise_signal(number)
            time.sleep(0.2)
            tidied = True
    interruptions.ignore()
    assert tidied


def test_what_the_caller_ignores_is_ignored(lmul):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Interruptions().install()
    signal.raise_signal(signal.SIGHUP)
