"""Cost of 16-lane dot products, per product, beside their accuracy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from lmul.accuracy.dots.total import COUNT, PLAIN, Bits
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E3M4, Format
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, area, error, percent_of, plain, saving
from lmul.reporting.topic import Picture, Topic
from lmul.synth.measure.catalog import DEPTH, EXACT, accumulator_name, core, dot_parameters, lanes
from lmul.synth.measure.exact_baselines import Design
from lmul.synth.measure.jobs import costs_of, errors_of
from lmul.synth.measure.pieces import Piece, PieceKind, part, words_of
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.arrays.picture import array_picture
from lmul.synth.report.setting import Setting
from lmul.tools.failure import least as least_of

SAVED = (
    "'saved' is 1 - the row / the smaller of 'exact' and 'rounded' with the same format and accumulator, the baselines;"
    " their own rows have none. Their products are arrays of full adders, or tables up to 4 mantissa bits; of fp16 and"
    " fp32 Booth's recoding is smaller, as the full report (`lmul report --full`) has it."
)


def pieces(dots: Sequence[DotParameters]) -> Iterator[Piece]:
    """Yield the pieces to measure for dot products."""
    for dot in dots:
        yield from (product_of(dot), part(PieceKind.TERM, dot), core(dot), words_of(dot))


def product_of(dot: DotParameters) -> Piece:
    """Return the multiplier of a lane as a piece; products of integers need no alignment, and are the lane."""
    return part(PieceKind.TERM if dot.product.is_integer else PieceKind.PRODUCT, dot)


def split(measured: Measured, dot: DotParameters) -> dict[str, float]:
    """Compute the area of a core by part, in NAND2 equivalents a product; parts are differences of pieces."""
    count = lanes(dot.product.format)
    product, term = (measured.nand2(piece) for piece in (product_of(dot), part(PieceKind.TERM, dot)))
    total, words = measured.nand2(core(dot)) / count, measured.nand2(words_of(dot))
    return {
        "multiplier": product,
        "alignment": term - product,
        "sum": total - term - words,
        "without_words": total - words,
        "words": words,
        "total": total,
    }


def lanes_section(measured: Measured, dots: Sequence[DotParameters]) -> Section:
    """Make the table of areas."""
    splits = {dot: split(measured, dot) for dot in dots}
    records: list[Record] = []
    for dot, parts in splits.items():
        least = least_of(splits[other]["total"] for other in exact_ones(dot, dots))
        records.append(
            {
                "format": dot.product.format_name,
                "accumulator": accumulator_name(dot),
                "method": dot.method.name,
                "lanes": lanes(dot.product.format),
                **parts,
                "saved": None if dot.product.method.is_exact else 1 - parts["total"] / least,
            }
        )
    return Section(
        "lanes",
        "Dot products: NAND2 equivalents per product",
        records,
        {
            "format": ("format", plain),
            "accumulator": ("accumulator", plain),
            "method": ("method", plain),
            "multiplier": ("multiplier", area),
            "alignment": ("alignment", area),
            "sum": ("adder tree, accumulator", area),
            "without_words": ("without words", area),
            "words": ("stationary words", area),
            "total": ("with words", area),
            "saved": ("saved", saving),
        },
        ("accumulator", "format"),
        [
            "16 lanes (fp32: 4), weight-stationary, every number a product's share. 'with words' is the whole core,"
            f" mapped flat, over its lanes: K up to {DEPTH}, words of y in registers with a load enable, one"
            " accumulator register that a new sum clears; x comes in without a register, and there are no streams."
            " That is the figure that counts. The rest is found by measuring the multiplier alone, the lane, and a"
            " word's registers: 'alignment' is the lane less the multiplier, 'adder tree, accumulator' what is left."
            f" {SAVED}",
        ],
    )


def baselines(measured: Measured, dots: Sequence[DotParameters]) -> list[Piece]:
    """List the cores of exact dot products of fewer bits that are as accurate as some of `dots`."""
    return list(dict.fromkeys(other for dot in dots for others in _baselines(measured, dot) for other in others))


def _baselines(measured: Measured, dot: DotParameters) -> list[list[Piece]]:
    """List the exact cores as accurate as one dot product, as computed and after the gain.

    Each list has the core that adds whole products and the one that adds rounded ones, where they exist, in all forms
    of exact baselines.
    """
    each = measured.error(PLAIN, dot)
    found = ((each.baseline_before, each.rounded_before), (each.baseline_after, each.rounded_after))
    return [
        [
            piece
            for method, bits in zip(EXACT, pair, strict=True)
            if bits is not None
            for piece in _of_bits(dot, bits, method)
        ]
        for pair in found
    ]


def _of_bits(dot: DotParameters, bits: Bits, method: Method) -> list[Piece]:
    """List exact cores with these mantissa bits of x and y, and with the lanes and accumulator of `dot`, by form."""
    x, y = (dot.product.format.with_mantissa(count) for count in bits)
    other = replace(dot_parameters(x, method, dot.accumulator, dot.depth, y), window=dot.window)
    piece = Piece(PieceKind.DOT_CORE, other, lanes(dot.product.format))
    return [replace(piece, form=form) for form in Design(piece).forms]


def accuracy_section(measured: Measured, dots: Sequence[DotParameters]) -> Section:
    """Make the table of errors and of baselines."""
    records: list[Record] = []
    for dot in dots:
        found = measured.error(PLAIN, dot)
        record: Record = {
            "format": dot.product.format_name,
            "accumulator": accumulator_name(dot),
            "method": dot.method.name,
            "before": found.before,
            "after": found.after,
            "gain": found.gain,
        }
        total = split(measured, dot)["total"]
        for when, others in zip(("before", "after"), _baselines(measured, dot), strict=True):
            areas = [(measured.nand2(other) / other.lanes, other.known) for other in others]
            own, other = min(areas, key=lambda pair: pair[0], default=(None, None))
            record[f"baseline_{when}"] = None if other is None else _bits_name(other)
            record[f"baseline_area_{when}"] = own
            record[f"baseline_saved_{when}"] = None if own is None else 1 - total / own
        records.append(record)
    shown = {"format": plain, "accumulator": plain, "method": plain}
    notes = [
        "NRMSE of 64-long dot products of Gaussian numbers against the true ones, quantising included, as computed and"
        " after the one gain that makes it least. The baseline is the smallest exact unit that is as accurate: the same"
        " exponent bits and accumulator, operands rounded to so many mantissa bits (x, and y), products added whole or"
        " rounded first, as it says, in the form that is smallest. 'saved' is what the row"
        " saves against it, words and all; negative means that the exact unit of fewer bits is smaller. Rows without a"
        " baseline are exact, or no exact unit of that format is as accurate before the gain with the mantissa bits"
        " that it has.",
    ]
    if any(dot.product.format == E3M4 for dot in dots):
        notes.append(
            "Here e3m4 has no scales: its units read all below 1/4 as zero, and that dominates these errors. With one"
            " scale a block it is used as it is meant to be; see below."
        )
    return Section(
        "accuracy",
        "How accurate these dot products are, and what an exact one of equal accuracy costs",
        records,
        {
            **{key: (key, show) for key, show in shown.items()},
            "before": ("NRMSE", error),
            "after": ("after gain", error),
            "gain": ("gain", lambda value: f"{value:.3f}"),
            "baseline_before": ("baseline", plain),
            "baseline_area_before": ("its area", area),
            "baseline_saved_before": ("saved", percent_of(0)),
            "baseline_after": ("baseline after gain", plain),
            "baseline_area_after": ("its area", area),
            "baseline_saved_after": ("saved", percent_of(0)),
        },
        ("accumulator", "format"),
        notes,
        ["baseline_before", "baseline_after"],
    )


def exact_ones(dot: DotParameters, dots: Sequence[DotParameters]) -> list[DotParameters]:
    """List the exact designs for the same job, with whole products or with products rounded first."""

    def job(each: DotParameters) -> tuple[Format, Format, Accumulator, int]:
        return each.product.format, each.product.y_format, each.accumulator, each.depth

    return [other for other in dots if other.product.method.is_exact and job(other) == job(dot)]


def _bits_name(dot: DotParameters) -> str:
    """Name the mantissa bits of x and y, such as `3 x 2 rounded`."""
    p = dot.product
    return f"{p.format.mantissa_bits} x {p.y_format.mantissa_bits}{'' if dot.full else ' rounded'}"


@dataclass(frozen=True)
class DotProducts(Topic[Setting]):
    """Topic: areas of dot products by part, their accuracy, and exact ones of equal accuracy.

    Parameters
    ----------
    dots : sequence of DotParameters
        Formats, method and accumulator of each dot product.
    count : int
        Dot products that each error is computed from.
    """

    dots: Sequence[DotParameters]
    count: int = COUNT

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for areas and errors and, once errors are known, for exact designs of fewer bits."""
        errors = errors_of([PLAIN], self.dots, self.count)
        known = all(job in setting.main for job in errors)
        others = costs_of(baselines(setting.main, self.dots)) if known else []
        return [(setting.main, [*costs_of(pieces(self.dots)), *errors, *others])]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of areas and of errors."""
        return self.tables(partial(make, setting.main, self.dots) for make in (lanes_section, accuracy_section))

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw the area of a dot product per product, part by part."""
        lanes = lanes_section(setting.main, self.dots)
        return {"": Picture("Area of a lane's product by what it is for", partial(array_picture, lanes, setting.main))}
