import re

import sojourn
from sojourn.model import errors


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set(re.findall(r"^[ │├└─]+(\w+)", errors.__doc__ or "", re.MULTILINE)) - {"SojournError"}
    classes = {name for name, value in vars(errors).items() if isinstance(value, type)} - {"SojournError"}
    assert drawn == classes


def test_every_error_is_part_of_the_public_face() -> None:
    classes = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert classes <= set(sojourn.__all__)
