"""What modules say of themselves."""

import pytest

from sojourn import InvalidAnnotation, InvalidModule
from sojourn.core.annotation import annotated, is_reactive, said_by

REACTIVE = b'(module (func (export "handle")) (memory 1 16))'
DAEMON = b'(module (func (export "_start")))'


def test_a_module_that_says_nothing_is_what_it_exports() -> None:
    assert said_by(REACTIVE) == ()
    assert is_reactive(REACTIVE)
    assert not is_reactive(DAEMON)


def test_what_is_set_is_said_and_what_is_removed_is_not() -> None:
    once = annotated(REACTIVE, [("name", "counter"), ("alias", "a:1"), ("alias", "a:2"), ("objective", "be = quick")])
    assert said_by(once) == (("name", "counter"), ("alias", "a:1"), ("alias", "a:2"), ("objective", "be = quick"))
    again = annotated(once, [("alias", "b:1")], ["objective", "durable"])
    assert said_by(again) == (("name", "counter"), ("alias", "b:1"))
    assert annotated(again, (), ["name", "alias"]) == annotated(REACTIVE)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([("nmae", "a")], "did you mean name"),
        ([("name", "a b")], "letters, digits"),
        ([("name", "a"), ("name", "b")], "once"),
        ([("kind", "daemon")], "_start"),
        ([("needs.memory", "2MiB")], "maximum"),
        ([("limit.memory", "1")], "begins with"),
    ],
)
def test_what_cannot_be_is_refused(values: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(InvalidAnnotation) as caught:
        annotated(REACTIVE, values)
    assert says in f"{caught.value} {caught.value.hint}"


def test_what_is_no_module_has_no_annotation() -> None:
    with pytest.raises(InvalidAnnotation, match="not a WebAssembly module"):
        said_by(b"anything")
    with pytest.raises(InvalidModule):
        said_by(b"(modul)")
