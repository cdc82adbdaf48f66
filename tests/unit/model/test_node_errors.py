"""Errors that nodes answer with."""

import sojourn
from sojourn.model import node_errors
from sojourn.model.errors import NodeError


def test_every_code_has_a_class_with_its_number() -> None:
    for code, kind in node_errors.BY_CODE.items():
        error = node_errors.node_error(code, "text")
        assert type(error) is kind
        assert (error.code, str(error)) == (code, "text")
        assert isinstance(error, NodeError)


def test_the_answer_says_what_to_do_or_else_the_table() -> None:
    assert node_errors.node_error(1, "text", "do that").hint == "do that"
    assert node_errors.node_error(1, "text").hint == "`sojourn ps` lists them"
    assert node_errors.node_error(5, "text").hint is None


def test_a_code_of_a_later_version_is_internal_and_not_definite() -> None:
    error = node_errors.node_error(60000, "text")
    assert isinstance(error, node_errors.Internal)
    assert not error.definite


def test_a_module_that_a_node_refuses_is_caught_as_one_that_is_refused_here() -> None:
    assert issubclass(node_errors.NodeInvalidModule, sojourn.InvalidModule)
    assert not issubclass(node_errors.NodeWrongVersion, sojourn.WrongVersion)
