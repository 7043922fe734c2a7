# make report [LIBERTY=FILE]   the main job: export, verify and measure the default set, into report/
# make arrays [LIBERTY=FILE]   what dot products, processing elements and arrays cost, into report/ as well
# make test                    lint, types and all tests but those of the next line
# make verify-all              every variant of every format in simulation: half an hour
#
# All make their own environment in .venv first.

PYTHON ?= python3
BIN := .venv/bin
SOURCES := pyproject.toml $(wildcard golden/* hdl/* sim/* synth/* formal/* cli/*)

.PHONY: report arrays test verify-all results proofs clean

report: .venv/installed
	$(BIN)/lmul report $(if $(LIBERTY),--liberty "$(LIBERTY)") -o report

# The same for dot products, processing elements and arrays.
arrays: .venv/installed
	$(BIN)/lmul report --arrays $(if $(LIBERTY),--liberty "$(LIBERTY)") -o report

test: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

verify-all: .venv/installed
	$(BIN)/pytest -m complete tests/sim/test_complete.py

.venv/installed: $(SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	rm -rf .build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[dev]"
	touch $@

clean:
	rm -rf .venv .build report *.egg-info

# The figures of README.md and docs/results/. They are those of NanGate's 45 nm library, typical corner.
results: .venv/installed
	$(BIN)/lmul report --liberty "$(LIBERTY)" -o docs/results
	rm -r docs/results/verilog
	$(BIN)/lmul report --arrays --liberty "$(LIBERTY)" -o docs/results
	$(BIN)/python docs/figures.py

# What is proved: docs/results/proofs.md and .json, and the block of README.md that quotes them.
proofs: .venv/installed
	$(BIN)/lmul prove --all -o docs/results
	$(BIN)/python docs/proofs.py
