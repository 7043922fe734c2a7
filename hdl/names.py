"""Names that users give to exported modules."""

import re

LONGEST = 100
"""Characters of the longest name; files and inner modules have longer ones, which file systems and tools still take."""


def checked_name(name: str | None, default: str) -> str:
    """Return the name of a module: the user's, or the default where there is none.

    Raises
    ------
    TypeError
        The name is no text.
    ValueError
        The name is not a plain identifier of Verilog, is too long, or is a keyword of SystemVerilog, whose tools would
        not read the module.
    """
    if name is None:
        return default
    if not isinstance(name, str):
        raise TypeError(f"name must be a text, not {name!r}")
    if len(name) > LONGEST or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(
            f"name must be 1 to {LONGEST} letters, digits and underscores, the first no digit, not {name!r}"
        )
    if name in KEYWORDS:
        raise ValueError(f"name must not be a keyword of SystemVerilog, as {name!r} is")
    return name


_WORDS = """
    accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin bind bins
    binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config const
    constraint context continue cover covergroup coverpoint cross deassign default defparam design disable dist do edge
    else end endcase endchecker endclass endclocking endconfig endfunction endgenerate endgroup endinterface endmodule
    endpackage endprimitive endprogram endproperty endsequence endspecify endtable endtask enum event eventually expect
    export extends extern final first_match for force foreach forever fork forkjoin function generate genvar global
    highz0 highz1 if iff ifnone ignore_bins illegal_bins implements implies import incdir include initial inout input
    inside instance int integer interconnect interface intersect join join_any join_none large let liblist library local
    localparam logic longint macromodule matches medium modport module nand negedge nettype new nexttime nmos nor
    noshowcancelled not notif0 notif1 null or output package packed parameter pmos posedge primitive priority program
    property protected pull0 pull1 pulldown pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase
    randsequence rcmos real realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0
    rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint shortreal showcancelled
    signed small soft solve specify specparam static string strong strong0 strong1 struct super supply0 supply1
    sync_accept_on sync_reject_on table tagged task this throughout time timeprecision timeunit tran tranif0 tranif1 tri
    tri0 tri1 triand trior trireg type typedef union unique unique0 unsigned until until_with untyped use uwire var
    vectored virtual void wait wait_order wand weak weak0 weak1 while wildcard wire with within wor xnor xor
"""

KEYWORDS = frozenset(_WORDS.split())
"""The reserved words of IEEE 1800-2017, those of IEEE 1364-2005 among them."""
