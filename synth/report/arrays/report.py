"""Title and topics of the report of dot products, elements and arrays."""

from lmul.accuracy.dots.total import COUNT
from lmul.reporting.topic import Topic
from lmul.synth.measure import catalog
from lmul.synth.report.arrays.block_scaled import BlockScaled
from lmul.synth.report.arrays.dot_products import DotProducts
from lmul.synth.report.arrays.elements import Arrays, Converters, Elements
from lmul.synth.report.arrays.log_lanes import LogConverters, SideBySide
from lmul.synth.report.setting import Setting

TITLE = "Dot products and arrays: what multiplication by integer addition saves there"


def array_topics(chosen: catalog.Chosen, count: int = COUNT) -> list[Topic[Setting]]:
    """List the topics, in the order of the report.

    Parameters
    ----------
    chosen : Chosen
        Formats and methods.
    count : int
        Dot products that each error is computed from.
    """
    return [
        DotProducts(tuple(catalog.dots(chosen)), count),
        BlockScaled(count),
        SideBySide(count),
        LogConverters(tuple(catalog.logs(chosen))),
        Elements(tuple(catalog.elements(chosen))),
        Arrays(tuple(catalog.arrays(chosen))),
        Converters(*(tuple(each(chosen)) for each in (catalog.loaders, catalog.quantisers, catalog.output_roundings))),
    ]
