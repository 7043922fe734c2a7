"""Subcommands of `lmul`, with their help."""

import click

from lmul.cli.exit_codes import MEANING
from lmul.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "attention": (
            "lmul.cli.attention:attention",
            "Run an attention head of a real model on an array's Verilog, with a method and with exact products.",
        ),
        "convert": (
            "lmul.cli.convert:convert",
            "Convert numbers, such as weights that are stored, to the words of units with --converted.",
        ),
        "infer": (
            "lmul.cli.infer:infer",
            "Run an ONNX model with the products of its MatMul, Gemm and Conv made by an array's Verilog.",
        ),
        "layout": (
            "lmul.cli.layout:layout",
            "Place a unit's cells, estimate its wires, and show what they do to area, delay and energy.",
        ),
        "matmul": (
            "lmul.cli.matmul:matmul",
            "Multiply matrices with an array's Verilog, and check every sum against the golden model.",
        ),
        "prove": (
            "lmul.cli.prove:prove_group",
            "Prove that exported Verilog is the specified product, for all operands.",
        ),
        "report": (
            "lmul.cli.report:report",
            "Compare L-Mul and corrected units with exact multipliers: area, depth, delay and error, one flow for all.",
        ),
        "search": (
            "lmul.cli.search:search",
            "Find the smallest lane of an error, or the most accurate one of an area, beside exact and integer lanes.",
        ),
        "tools": (
            "lmul.cli.tools:tools",
            "Print what to put on PATH, so that your shell finds the Verilator that lmul uses.",
        ),
    },
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"{MEANING} In the environment, LMUL_TIMEOUT (seconds) and LMUL_MEMORY (MiB) limit each program that is"
    " started, such as Yosys, and LMUL_TRACEBACK=1 shows where in this one an error comes from.",
)
@click.version_option(package_name="lmul", message="%(prog)s %(version)s")
def lmul() -> None:
    """Multipliers by integer addition (L-Mul, arXiv 2410.00907) beside exact ones: Verilog, checks and costs.

    \b
    lmul verilog multiplier --format e4m3 --method lmul -o build
    lmul verify multiplier --format e4m3 --method lmul
    lmul prove multiplier --format e4m3 --method lmul
    lmul report --liberty nangate45.lib
    lmul verilog array --rows 4 --cols 4 --format e4m3 -o build
    lmul matmul --array 16x16 --format e4m3 a.npy b.npy -o c.npy
    """


@lmul.group(
    cls=LazyGroup,
    lazy={
        "multiplier": (
            "lmul.cli.multiplier:verilog_multiplier",
            "Write a multiplier: DIR/NAME.v, its manifest, a bench and a FuseSoC core.",
        ),
        "array": (
            "lmul.cli.array:verilog_array",
            "Write a systolic array: DIR/NAME.v, its manifest, a bench and a FuseSoC core.",
        ),
        "dot": (
            "lmul.cli.dot:verilog_dot",
            "Write a unit of dot products: DIR/NAME.v, its manifest, a bench and a FuseSoC core.",
        ),
    },
)
def verilog() -> None:
    """Write a unit as a Verilog-2005 file, with a JSON manifest, a self-checking bench and a FuseSoC core.

    \b
    lmul verilog multiplier --format e4m3 -o build
    lmul verilog array --rows 4 --cols 4 --format e4m3 -o build
    """


@lmul.group(
    cls=LazyGroup,
    lazy={
        "multiplier": (
            "lmul.cli.multiplier:verify_multiplier",
            "Simulate a multiplier's Verilog and compare every product with the golden model.",
        ),
        "array": (
            "lmul.cli.array:verify_array",
            "Simulate a systolic array's Verilog and compare every sum with the golden model.",
        ),
        "dot": (
            "lmul.cli.dot:verify_dot",
            "Simulate a dot product unit's Verilog and compare every sum with the golden model.",
        ),
    },
)
def verify() -> None:
    """Simulate a unit's Verilog and compare it with the golden model, bit for bit.

    \b
    lmul verify multiplier --format e4m3
    lmul verify array --rows 4 --cols 4 --format e4m3
    """


@lmul.group(
    cls=LazyGroup,
    lazy={
        "multiplier": (
            "lmul.cli.sweep:sweep_multiplier",
            "Multiply every pair of codes and compare with a specification in C++ that shares nothing with the unit.",
        )
    },
)
def sweep() -> None:
    """Compare every product of a unit's Verilog with a specification in C++."""


@lmul.group(
    cls=LazyGroup,
    lazy={
        "multiplier": (
            "lmul.cli.mutate:mutate_multiplier",
            "Make mutants of a multiplier and count those that its bench kills with the operands of `lmul verify`.",
        ),
        "array": (
            "lmul.cli.mutate_sums:mutate_array",
            "Make mutants of a systolic array and count those that its bench kills with the tiles of `lmul verify`.",
        ),
        "dot": (
            "lmul.cli.mutate_sums:mutate_dot",
            "Make mutants of a dot-product unit and count those that its bench kills with the sums of `lmul verify`.",
        ),
    },
)
def mutate() -> None:
    """Measure how good the benches are: plant defects in a unit's Verilog and see which are found."""


@lmul.group(
    cls=LazyGroup,
    lazy={
        "attention": (
            "lmul.cli.accuracy_attention:attention",
            "Error of a transformer's attention and embeddings, its products of matrices replaced by every method.",
        ),
        "products": (
            "lmul.cli.accuracy_products:products",
            "Errors of single products: every method and constant, operands of 1 to 10 mantissa bits, cut both ways.",
        ),
        "dots": (
            "lmul.cli.accuracy_dots:dots",
            "Error and bias of dot products by their length, for every accumulator, before and after a gain.",
        ),
        "logs": (
            "lmul.cli.accuracy_logs:logs",
            "Total error of dot products of log codes, with the quantisation, beside exact products and L-Mul.",
        ),
        "model": (
            "lmul.cli.accuracy_model:model",
            "Error of an ONNX model's outputs and layers, its products of matrices replaced by every method.",
        ),
        "language": (
            "lmul.cli.accuracy_language:language",
            "Perplexity of a language model of the Llama family, its products of matrices replaced by every method.",
        ),
        "training": (
            "lmul.cli.accuracy_training:training",
            "Fine-tuning of two small networks with all products by L-Mul, exact in e4m3, or in float32.",
        ),
    },
)
def accuracy() -> None:
    """Measure what L-Mul does to numbers.

    \b
    lmul accuracy products -o accuracy
    lmul accuracy dots -o accuracy
    lmul accuracy attention --model model -o accuracy
    lmul accuracy language --model language-model/model.gguf -o accuracy
    """
