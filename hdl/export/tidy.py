"""Clean-up of Verilog that Yosys wrote.

Yosys gives every operator a wire of its own, named as in _07_, and writes statements in no particular order. Here
operands are as wide as results (`widths`), a wire that is read once is replaced by its expression, what nobody reads
goes, the unnamed rest is named after what reads it, statements are sorted so that values come before their readers, and
long lines are folded.
"""

from collections.abc import Collection, Mapping

from lmul.hdl.export.body import Body
from lmul.hdl.export.cutting import cut, cut_what_is_not_assigned
from lmul.hdl.export.inlining import inline, write_tables_out
from lmul.hdl.export.joining import join_parts, read_the_rest
from lmul.hdl.export.naming import name_the_rest, use_names_of_parts
from lmul.hdl.export.writing import written


def tidy(
    body: str,
    ports: Mapping[str, int] | None = None,
    inputs: Collection[str] | None = None,
    outputs: Mapping[str, Collection[str]] | None = None,
) -> str:
    """Clean up the declarations and statements between a module's port list and its `endmodule`.

    Parameters
    ----------
    body : str
        Declarations and statements.
    ports : mapping of str to int
        Width of each port.
    inputs : collection of str or None
        Inputs of the module. If they are given, what nothing reads of them and of wires is read by a wire with the name
        `unused_bits`, as linters want it.
    outputs : mapping of str to collection of str
        Names of the outputs of each module that is instantiated.
    """
    module = Body(body, dict(ports or {}), outputs or {})
    use_names_of_parts(module)
    cut(module)
    write_tables_out(module)
    inline(module)
    name_the_rest(module)
    join_parts(module)
    cut_what_is_not_assigned(module)
    if inputs is not None:
        read_the_rest(module, inputs)
    return written(module)
