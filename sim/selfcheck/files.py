"""Files of a bench, and the FuseSoC core that has them."""

from collections.abc import Iterable, Mapping

from lmul.hdl.export.fusesoc import core_file
from lmul.sim.stimulus.beats import hexadecimal
from lmul.sim.verilog.stream_bench import StreamBench, file_names, stream_bench


def with_core(name: str, description: str, bench: Mapping[str, str]) -> dict[str, str]:
    """Put NAME.core before the files of a bench, the first of which is NAME_tb.v and the others its data."""
    return {
        f"{name}.core": core_file(name, description, f"{name}_tb", [file for file in bench if file[-2:] != ".v"]),
        **bench,
    }


def bench_texts(bench: StreamBench, wrappers: Iterable[str] = ()) -> dict[str, str]:
    """Write NAME_tb.v, with wrappers of the unit in it, and the beats of each stream, as text by name."""
    names = file_names(bench.name, bench.streams)
    data = {f"{names[stream]}.hex": hexadecimal(each) for stream, each in bench.beats.items()}
    return {f"{bench.name}_tb.v": "\n".join([stream_bench(bench), *wrappers]), **data}
