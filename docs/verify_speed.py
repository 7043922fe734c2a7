"""Time `lmul verify multiplier`: with nothing compiled before, and after that; products a second of pipelined units.

    python docs/verify_speed.py [COMMAND ...]

Each COMMAND is a way to call `lmul`, such as that of another installation; without any it is the one of this Python.
They take turns, so that what else the machine does hits all alike. CPU seconds are those of all processes together.
"""

import os
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
PLAIN = ("verify", "multiplier", "--format", "e4m3")
PIPELINED = (*PLAIN, "--pipeline", "1")

Run = tuple[float, float, float]
"""Seconds on the clock, CPU seconds, products a second."""


def run(command: str, arguments: tuple[str, ...], cache: str) -> Run:
    """Run a command once, and say how long it took."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    words = [*shlex.split(command), *arguments]
    printed = subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    speed = re.search(r"simulated at ([\d,]+) products a second", printed)
    assert speed is not None
    print(f"{seconds:6.2f} s, {used:6.2f} CPU s: {shlex.join(words)}", file=sys.stderr, flush=True)
    return seconds, used, float(speed[1].replace(",", ""))


def main() -> None:
    """Measure all commands, and print the medians and how the first one compares with the others."""
    commands = sys.argv[1:] or [str(Path(sys.executable).with_name("lmul"))]
    found: dict[tuple[str, str], list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        caches = {command: f"{folder}/{i}" for i, command in enumerate(commands)}
        for command in commands:
            found["cold", command] = [run(command, PLAIN, caches[command])]
        for _ in range(ROUNDS):
            for command in commands:
                found.setdefault(("warm", command), []).append(run(command, PLAIN, caches[command]))
                found.setdefault(("pipelined", command), []).append(run(command, PIPELINED, caches[command]))
    for (what, command), runs in found.items():
        seconds, used, speed = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{what:9}  {seconds:6.2f} s  {used:6.2f} CPU s  {speed:12,.0f} products a second  {command}")
    first = commands[0]
    for other in commands[1:]:
        for what in ("cold", "warm", "pipelined"):
            ours, theirs = (
                [statistics.median(column) for column in zip(*found[what, each], strict=True)]
                for each in (first, other)
            )
            ratios = f"{theirs[0] / ours[0]:.1f} times as fast, {theirs[1] / ours[1]:.1f} in CPU seconds"
            print(f"{what:9}  {ratios}, {ours[2] / theirs[2]:.1f} times the products a second of {other}")


if __name__ == "__main__":
    main()
