"""Texts of Verilog with words to fill in."""

import re
from collections.abc import Mapping


def filled(text: str, values: Mapping[str, object]) -> str:
    """Replace words by values, all at once, so that a value may have any word in it; of two words the longer wins."""
    words = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
    return re.sub(words, lambda word: str(values[word[0]]), text)
