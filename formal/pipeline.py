from lmul.formal.multiplier import prove


def prove_unit(unit):
    return prove(unit.build())
