"""Values of the solver's terms."""

from bitwuzla import Bitwuzla, Options


def evaluated(tm, term, given):
    """The value of a bit-vector where those that it depends on are known."""
    known = {variable: tm.mk_bv_value(variable.sort(), value) for variable, value in given.items()}
    return int(Bitwuzla(tm, Options()).simplify_term(tm.substitute_term(term, known)).value(2), 2)
