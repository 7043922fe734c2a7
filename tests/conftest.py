"""What holds for every test."""

import signal

import pytest


@pytest.fixture(autouse=True, scope="session")
def interruptible():
    """Interruptions arrive, also where the caller has switched them off, as `nohup` and background jobs do."""
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_DFL),
        (signal.SIGHUP, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)
