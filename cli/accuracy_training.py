"""`lmul accuracy training`."""

import shlex
from importlib.metadata import version
from pathlib import Path

import click

from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.paths import PATH
from lmul.tools.files import check_writable


@click.command()
@click.option("--digits", type=PATH, metavar="DIR", help="Folder of make digits; without it the text alone is learned.")
@click.option("--seeds", type=click.IntRange(1), metavar="N", help="Seeds; 3, with --full 5.")
@click.option("--full", is_flag=True, help="More seeds, steps and tests: 25 minutes on two cores instead of 9.")
@click.option("--before", type=click.IntRange(0), metavar="N", help="Steps of training in float32.")
@click.option("--steps", type=click.IntRange(1), metavar="N", help="Steps of fine-tuning.")
@click.option("--tests", type=click.IntRange(1), metavar="N", help="Images or blocks of text in a test.")
@click.option(
    "--backward",
    type=click.Choice(["exact", "same"]),
    default="exact",
    show_default=True,
    help="Products of the backward pass: of float32 with the operands as used, or the same as forward.",
)
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    help="Gets accuracy_training.md, .csv, .json, .png and .svg, all or none.",
)
@cache_option
def training(
    digits: Path | None,
    seeds: int | None,
    full: bool,
    before: int | None,
    steps: int | None,
    tests: int | None,
    backward: str,
    output: Path | None,
    cache: bool,
) -> None:
    """Fine-tuning of two small networks with all products by L-Mul, exact in e4m3, or in float32.

    It needs the extra torch.

    \b
    make digits
    lmul accuracy training --digits digits -o accuracy
    lmul accuracy training --digits digits --full --backward same
    """
    from lmul.torch.training.data import data_of
    from lmul.torch.training.study import FEW, FULL, PRODUCTS, Start, Tuning
    from lmul.torch.training.topic import NOTES, TITLE, Training

    if output is not None:
        check_writable(output)
    given = {"--seeds": seeds, "--before": before, "--steps": steps, "--tests": tests}
    options = [text for name, number in given.items() if number is not None for text in (name, f"{number}")]
    command = ["lmul", "accuracy", "training", *(["--digits", digits.name] if digits else []), *options]
    command += ["--full"] * full + (["--backward", backward] if backward != "exact" else [])
    jobs, budgets = list[Tuning](), list[str]()
    for network, usual in (FULL if full else FEW).items():
        if network == "digits" and digits is None:
            continue
        data = data_of(network, digits if network == "digits" else None)  # reports bad input before the work is spread
        own = usual.changed(before, steps, tests)
        if own.tests > len(data.test_inputs):
            raise ValueError(f"--tests must be at most {len(data.test_inputs)} for {network}, not {own.tests}")
        budgets.append(f"{network} {own.before} in float32, then {own.steps}, tests of {own.tests}")
        for seed in range(seeds or (5 if full else 3)):
            start = Start(network, seed, own.before, data.digest, version("torch"), digits)
            jobs += [Tuning(start, products, own.steps, own.tests, backward) for products in PRODUCTS]
    topic = Training(jobs)
    session = studied([topic], output, cache)
    notes = [f"Steps: {'; '.join(budgets)}. Backward pass: {backward}. PyTorch {version('torch')}.", *NOTES]
    lines = topic.lines(session)
    show(numbers_report([topic], session, shlex.join(command), "training", TITLE, notes, lines, ["training"]), output)
