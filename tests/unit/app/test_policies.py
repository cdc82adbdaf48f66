"""Policies of users: the guide's own, by an entry point."""

import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from sojourn.app import policies
from sojourn.app.policies import installed_policies
from sojourn.control.placement import Fleet, place
from sojourn.control.placement.harness import check
from sojourn.model.errors import ConfigError
from sojourn.model.fleet import AtomFacts, NodeFacts, NodeReport
from sojourn.model.placement import Ask
from sojourn.model.record import AtomSpec, NodeRecord

PAGE = Path(__file__).parents[3] / "docs" / "guide" / "a-placement-policy.md"


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The guide's policy, where it can be imported."""
    source = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    (tmp_path / "my_quiet.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def installed(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """As if a package with this entry point were installed."""
    points = (EntryPoint(name, value, policies.GROUP),)
    monkeypatch.setattr(policies, "entry_points", lambda group: points if group == "sojourn.placement" else ())


def node(name: str) -> NodeFacts:
    """A node with room."""
    return NodeFacts(name=name, cores=2.0, memory_bytes=2**30, memory_free_bytes=2**30)


@pytest.mark.usefixtures("quiet")
def test_the_policy_of_the_guide_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "quiet", "my_quiet:Quiet")
    found = installed_policies()
    assert list(found) == ["quiet"]
    check(found["quiet"], seed=1, cases=5)
    fleet = Fleet(policies=found)
    for name, waiting in (("a", 7), ("b", 3)):
        fleet.update(NodeRecord(facts=node(name)))
        busy = (AtomFacts(atom=f"{name}/y", epoch=1, queue=waiting),)
        fleet.observe(NodeReport(at=0.0, facts=node(name), atoms=busy))
    choice = place(fleet, Ask(atom="a/x", spec=AtomSpec(policy="quiet")), 0.0)
    assert choice.node == "b"
    assert choice.reason == "costs 3 (queue: 3, busy: 0, hot: 0); next is a with 7"


def test_it_has_the_length_that_is_promised() -> None:
    source = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    assert len(source.splitlines()) <= 20


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("quiet", "no_such_module:Quiet", "cannot be loaded: No module named 'no_such_module'"),
        ("quiet", "my_quiet:np", "is no policy"),
        ("spread", "my_quiet:Quiet", "has the name of one that is built in"),
        ("loud", "my_quiet:Quiet", "calls itself 'quiet'"),
    ],
)
def test_what_is_no_policy_is_refused(name: str, value: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, name, value)
    with pytest.raises(ConfigError, match=wrong):
        installed_policies()


def test_none_need_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "entry_points", lambda group: ())  # noqa: ARG005 -- asked for by name
    assert installed_policies() == {}
