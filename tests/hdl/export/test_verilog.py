# amaranth: UnusedElaboratable=no
"""Exported files: what is in them, that tools take them, and that L-Mul is one carry chain."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.sim.verilator import verilator_settings
from lmul.tools.yosys import run_yosys

FLUSH = Parameters(E4M3)
RAW = Parameters(E4M3, policy=Policy.RAW)

E4M3_FIELDS = {"name": "e4m3", "exponent_bits": 4, "mantissa_bits": 3, "bias": 7, "kind": "fn", "top": 0x7E}
PORTS = [("x", "input", 8), ("y", "input", 8), ("p", "output", 8)]
STREAM_PORTS = [
    ("clk", "input", 1),
    ("rst", "input", 1),
    ("i_valid", "input", 1),
    ("i_ready", "output", 1),
    *PORTS,
    ("o_valid", "output", 1),
    ("o_ready", "input", 1),
]


def manifest_of(name, ports=PORTS, **given):
    """What the manifest of an e4m3 unit has to say."""
    defaults = {"method": "lmul", "policy": "flush", "constant": None, "table_bits": None, "pipeline": 0, "latency": 0}
    defaults |= {"overflow": None, "rounding": None, "style": "rtl"}
    return {
        "module": name,
        "kind": "multiplier",
        "formats": {"x": E4M3_FIELDS, "y": E4M3_FIELDS, "p": E4M3_FIELDS},
        **defaults,
        **given,
        "ports": [{"name": port, "direction": direction, "width": width} for port, direction, width in sorted(ports)],
        "spec_version": 2,
        "tools": {tool: version(tool) for tool in ("lmul", "amaranth", "pyosys")},
    }


CORRECTED2 = [[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 0], [0, 1, 0, 0]]
MANIFESTS = [
    (Multiplier(FLUSH), manifest_of("lmul_e4m3_flush", correction=[[1]], offset=0x37)),
    (
        Multiplier(Parameters(E4M3, Method.corrected(2))),
        manifest_of("corrected2_e4m3_flush", method="corrected", table_bits=2, correction=CORRECTED2, offset=None),
    ),
    (
        Multiplier(Parameters(E4M3, Method.constant(3))),
        manifest_of("constant3_e4m3_flush", method="constant", constant=3, correction=[[3]], offset=0x35),
    ),
    (
        Multiplier(FLUSH, 1),
        manifest_of("lmul_e4m3_flush_p1", STREAM_PORTS, correction=[[1]], offset=0x37, pipeline=1, latency=1),
    ),
]


@pytest.mark.parametrize(("unit", "expected"), MANIFESTS, ids=[m["module"] for _, m in MANIFESTS])
def test_a_unit_is_two_files_of_its_name_and_the_manifest_says_everything(tmp_path, unit, expected):
    exported = export(unit, tmp_path)
    name = expected["module"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.json", f"{name}.v"]
    assert (exported.verilog, exported.manifest) == (tmp_path / f"{name}.v", tmp_path / f"{name}.json")
    manifest = json.loads(exported.manifest.read_text())
    assert manifest["ports"] == [vars(port) for port in exported.ports]
    manifest["ports"].sort(key=lambda port: port["name"])
    assert manifest.pop("verilog_sha256") == hashlib.sha256(exported.verilog.read_bytes()).hexdigest()
    assert manifest == expected


def declared_ports(text):
    head = re.search(r"^module (\w+) \(\n(.*?)\n\);$", text, re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^  (input|output) +(?:wire|reg) +(?:\[(\d+):0\] )?(\w+),?$", head[2], re.MULTILINE)
    assert len(lines) == len(head[2].splitlines())
    return head[1], [(name, direction, int(high or 0) + 1) for direction, high, name in lines]


def test_the_module_has_the_ports_of_the_manifest(exported):
    for unit in exported:
        name, ports = declared_ports(unit.verilog.read_text())
        assert name == unit.verilog.stem
        assert ports == [(port.name, port.direction, port.width) for port in unit.ports]


def test_every_file_holds_one_module(exported):
    assert {unit.verilog.read_text().count("endmodule") for unit in exported} == {1}


def test_the_header_says_what_it_computes_the_policy_and_whose_it_is(tmp_path):
    head = export(Multiplier(FLUSH), tmp_path).verilog.read_text().partition("\nmodule ")[0]
    lines = head.rstrip("\n").splitlines()
    assert all(line.startswith("//") for line in lines)
    assert lines[0] == "// lmul_e4m3_flush: p = x * y, in codes of the format e4m3."
    assert "// Method lmul: T = X + Y - 0x37, which is the bias, 0x38, less D = 1." in lines
    assert any(line.startswith("// Policy flush: ") for line in lines)
    assert lines[-1].endswith("Generated files belong to whoever generates them.")


def test_the_text_is_plain(exported, tmp_path_factory):
    """No attributes, paths of sources or of folders, escaped names, tabs, blanks at line ends or initial values."""
    for unit in exported:
        text = unit.verilog.read_text().replace("$signed(", "(")
        for unwanted in ("(*", ".py", ".il", "\\", "\t", " \n", "$", "initial", "/tmp", str(unit.verilog.parent)):
            assert unwanted not in text, (unit.verilog.name, unwanted)
        assert str(unit.verilog.parent) not in unit.manifest.read_text()


def test_lmul_has_no_unnamed_wire(tmp_path):
    for parameters in (FLUSH, RAW):
        text = export(Multiplier(parameters), tmp_path).verilog.read_text()
        assert re.findall(r"\b_\d+_\b", text) == []


def test_what_is_read_stands_above_what_reads_it(tmp_path):
    text = export(Multiplier(FLUSH), tmp_path).verilog.read_text()
    targets = {"x", "y"}
    for target, names in assigns(text).items():
        assert names <= targets, target
        targets.add(target)
    assert "p" in targets


def test_the_same_unit_gives_the_same_bytes_in_another_folder_and_process(tmp_path):
    script = (
        "import sys; from pathlib import Path; from lmul.golden.formats import E4M3\n"
        "from lmul.golden.parameters import Method, Parameters; from lmul.hdl.multiplier import Multiplier\n"
        "from lmul.hdl.export.verilog import export\n"
        "export(Multiplier(Parameters(E4M3)), Path(sys.argv[1]))\n"
        "export(Multiplier(Parameters(E4M3, Method.EXACT), 2), Path(sys.argv[1]))\n"
    )
    for folder in ("here", "a/longer/path to there"):
        for unit in (Multiplier(FLUSH), Multiplier(Parameters(E4M3, Method.EXACT), 2)):
            export(unit, tmp_path / folder)
    for seed in ("1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / seed)], env=environment, check=True)
    names = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert len(names) == 4
    for name in names:
        assert len({(tmp_path / f / name).read_bytes() for f in ("here", "a/longer/path to there", "1", "77")}) == 1


def test_exporting_again_replaces_the_files(tmp_path):
    first = export(Multiplier(FLUSH), tmp_path)
    before = first.verilog.read_bytes()
    first.verilog.write_text("spoilt")
    assert export(Multiplier(FLUSH), tmp_path).verilog.read_bytes() == before


@pytest.mark.parametrize("way", ["a file for the folder", "a folder for the Verilog", "a folder for the manifest"])
def test_a_folder_that_cannot_be_written_gets_nothing(tmp_path, way):
    folder = tmp_path / "out"
    if way == "a file for the folder":
        folder.write_text("mine")
    else:
        (folder / f"lmul_e4m3_flush.{'v' if 'Verilog' in way else 'json'}").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OSError, match=r"^\[Errno \d+\] (File exists|Is a directory): .*$"):
        export(Multiplier(FLUSH), folder)
    assert sorted(tmp_path.rglob("*")) == before


def test_verilator_has_no_warning(exported):
    environment = {**os.environ, **verilator_settings()[0]}
    for unit in exported:
        command = ["verilator", "--lint-only", "-Wall", str(unit.verilog)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), unit.verilog.name


def _structures(style):
    """A dot product and arrays of every accumulator, dataflow and kind of product."""
    for f in (E4M3, E5M2) if style is Style.RTL else (E5M2,):
        for method in (Method.LMUL, Method.EXACT):
            product = Parameters(f, method)
            for accumulator, window in (
                (Accumulator.FIXED, None),
                (Accumulator.ANCHORED, 16),
                (Accumulator.FP32, None),
            ):
                try:
                    dot = DotParameters(product, accumulator, window=window)
                except ValueError:  # too wide, or a method that no such accumulator has
                    continue
                yield from (SystolicArray(dot, 1, 2, 2 if window else 1, flow, style=style) for flow in Dataflow)
                if accumulator is not Accumulator.FP32:
                    yield DotProduct(dot, 2, style)
    for accumulator, method in ((Accumulator.BF16, Method.ROUNDED), (Accumulator.E4M3, Method.corrected(2))):
        yield SystolicArray(DotParameters(Parameters(BF16, method), accumulator), 1, 1, style=style)
    output = DotParameters(Parameters(E4M3), Accumulator.FIXED, output=BF16)
    yield AxiStreamArray(SystolicArray(output, 1, 2, 2, Dataflow.WEIGHT_STATIONARY, style=style))
    anchored = DotParameters(Parameters(BF16), Accumulator.ANCHORED, window=16)
    yield AxiStreamArray(SystolicArray(anchored, 1, 2, style=style))


@pytest.fixture(scope="module")
def structures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("structures")
    return [export(unit, folder / style) for style in Style for unit in _structures(style)]


def test_verilator_takes_arrays_and_dot_products_without_a_warning(structures):
    """No warning is switched off: at its defaults one ends a build, and -Wall has these and more."""
    environment = {**os.environ, **verilator_settings()[0]}
    for unit in structures:
        command = ["verilator", "--lint-only", "-Wall", str(unit.verilog)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), unit.verilog.name


def test_every_net_has_a_name_and_no_line_is_long(exported, structures):
    for unit in [*exported, *structures]:
        text = unit.verilog.read_text()
        assert not re.search(r"\b_\d+_\b", text) and max(map(len, text.splitlines())) <= 120, unit.verilog.name


def test_yosys_reads_every_file_and_finds_no_problem(exported):
    folder = exported[0].verilog.parents[1]
    names = [f"{unit.verilog.parent.name}/{unit.verilog.name}" for unit in exported]
    read = [f"read_verilog -overwrite {name}" for name in names]
    said = run_yosys([*read, "hierarchy -check", "proc", "check -assert"], folder)
    assert said.count("Successfully finished Verilog frontend.") == len(names)
    assert "Warning" not in said


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="Icarus Verilog (iverilog) is not on PATH")
def test_icarus_takes_every_file_as_verilog_2005(exported, structures, tmp_path):
    for unit in [*exported[::3], *structures[::2]]:
        command = ["iverilog", "-g2005", "-Wall", "-o", str(tmp_path / "out"), str(unit.verilog)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), unit.verilog.name


def test_slang_has_no_warning(exported, structures, tmp_path):
    """By Yosys' read_slang, which has slang inside."""
    for unit in [*exported[::3], *structures[::2]]:
        said = run_yosys([f"read_slang {unit.verilog.name}"], unit.verilog.parent)
        assert "warning:" not in said and "Build succeeded: 0 errors, 0 warnings" in said, unit.verilog.name


def assigns(text):
    """What each wire's expression reads, by wire, in the order of the file."""
    found = re.findall(r"^  (?:assign|wire(?: \[\d+:\d+\])?) (.*?) = ([^;]*);$", text, re.MULTILINE)
    return {target: set(re.findall(r"(?<!['\w])[A-Za-z_]\w*", value)) for target, value in found}


def sources(reads, name):
    """All wires that a wire depends on."""
    seen, pending = set(), [name]
    while pending:
        for source in reads.get(pending.pop(), ()):
            if source not in seen:
                seen.add(source)
                pending.append(source)
    return seen


def carries(text):
    return {name for name in assigns(text) if re.fullmatch(r"\w+_carry_\d+", name)}


@pytest.mark.parametrize("policy", [Policy.RAW, Policy.FLUSH])
@pytest.mark.parametrize("f", [E4M3, BF16], ids=str)
def test_lmul_is_one_carry_chain_and_its_offset_costs_none(tmp_path, f, policy):
    """A carry reads the one before it and no other; what folds the offset in reads no carry at all."""
    text = export(Multiplier(Parameters(f, policy=policy), style=Style.GATES), tmp_path).verilog.read_text()
    reads, chain = assigns(text), carries(text)
    assert len(chain) == f.exponent_bits + f.mantissa_bits - 1
    depths = sorted(len(sources(reads, carry) & chain) for carry in chain)
    assert depths == list(range(len(chain)))
    folded = {name for name in reads if re.fullmatch(r"\w+_(partial|saved)_\d+", name)}
    assert len(folded) >= f.exponent_bits
    assert all(not sources(reads, name) & chain for name in folded)
    # A folded carry goes one column up and no further.
    assert all(not sources(reads, name) & folded for name in folded)


def test_exact_e4m3_has_as_many_carries_as_lmul(tmp_path):
    units = (Multiplier(Parameters(E4M3, method), style=Style.GATES) for method in (Method.LMUL, Method.EXACT))
    lmul, exact = (export(unit, tmp_path) for unit in units)
    assert carries(exact.verilog.read_text()) == carries(lmul.verilog.read_text())
