"""Metrics of a controller, as Prometheus reads them."""

from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sojourn.app.observe.metric_table import METRICS, Kind
from sojourn.app.observe.metrics import Metrics
from sojourn.app.observe.store import MeasuredStore
from sojourn.model.errors import NotLeader, StorageError
from sojourn.model.fleet import NodeFacts
from sojourn.model.record import AtomRecord, MoveState, NodeRecord, NodeState, Put, RealmEvent, Tell
from sojourn.store.open import open_store
from tests.unit.app.observe.moves import record

NODES = [
    NodeRecord(facts=NodeFacts(name="a", cores=4, load=1.5, memory_bytes=100, memory_free_bytes=40)),
    NodeRecord(facts=NodeFacts(name="b", cores=2, load=0.5, memory_bytes=50, memory_free_bytes=5), cordoned=True),
    NodeRecord(facts=NodeFacts(name="c", cores=8), state=NodeState.LOST),
]
ATOMS = [
    AtomRecord(name=str(place), state=state) for place, state in enumerate(["running", "running", "lost", "<odd>"])
]


def values(metrics: Metrics, accept: str = "") -> dict[str, float]:
    """All samples by name and labels."""
    text, _ = metrics.text(accept)
    return {
        sample.name + "".join(f"/{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(lambda: NODES, lambda: ATOMS, process=False)


def test_what_is_is_counted_when_somebody_asks(metrics: Metrics) -> None:
    found = values(metrics)
    assert (found["sojourn_nodes/up"], found["sojourn_nodes/lost"], found["sojourn_nodes/gone"]) == (2, 1, 0)
    assert (found["sojourn_atoms/running"], found["sojourn_atoms/lost"], found["sojourn_atoms/other"]) == (2, 1, 1)
    assert (found["sojourn_cores"], found["sojourn_cores_busy"], found["sojourn_nodes_cordoned"]) == (6, 2, 1)
    assert (found["sojourn_memory_bytes"], found["sojourn_memory_free_bytes"]) == (150, 45)


def test_moves_and_events_are_counted_as_they_are_kept(metrics: Metrics) -> None:
    event = Tell(RealmEvent(at=1.0, kind="node.lost", subject="a", text=""))
    done, failed, decided = (Put(record(state)) for state in (MoveState.DONE, MoveState.FAILED, MoveState.DECIDED))
    metrics.kept([event, done, failed, decided, event, Put(ATOMS[0])])
    found = values(metrics)
    assert found["sojourn_events_total/node.lost"] == 2
    assert (found["sojourn_moves_total/done"], found["sojourn_moves_total/failed"]) == (1, 1)
    assert found["sojourn_move_seconds_sum"] == pytest.approx(0.04)
    assert found["sojourn_move_downtime_seconds_sum"] == pytest.approx(0.006)
    assert found["sojourn_move_downtime_seconds_bucket/0.01"] == 1
    assert found["sojourn_move_downtime_seconds_bucket/0.005"] == 0
    assert found["sojourn_move_bytes_total"] == 4096


def test_what_the_runner_does_is_counted(metrics: Metrics) -> None:
    metrics.reported()
    metrics.carried_out("move", "done")
    with metrics.handling("Reported"):
        pass
    found = values(metrics)
    assert found["sojourn_reports_total"] == found["sojourn_commands_total/move/done"] == 1
    assert found["sojourn_handle_seconds_count/Reported"] == 1


def test_a_store_is_measured(metrics: Metrics, tmp_path: Path) -> None:
    with closing(MeasuredStore(open_store(str(tmp_path / "x.sqlite")), metrics)) as store:
        term = store.lead()
        assert term == 1
        event = Tell(RealmEvent(at=1.0, kind="node.up", subject="a", text=""))
        assert store.apply(term, [event, Put(ATOMS[0])])[0].number == 1
        assert [each.number for each in store.events(0, 5)] == [store.first_event()]
        assert list(store.records("atom")) == [ATOMS[0]]
        assert store.leader()
        store.prune(term, events=0, moves=0)
        found = values(metrics)
        assert (found["sojourn_leads"], found["sojourn_term"]) == (1, 1)
        assert found["sojourn_events_total/node.up"] == 1
        works = {name.split("/")[1] for name in found if name.startswith("sojourn_store_seconds_count/")}
        assert works == {"lead", "leader", "apply", "records", "events", "prune"}
        with pytest.raises(StorageError):
            store.apply(term, [Put(AtomRecord(name="\0"))])
        assert values(metrics)["sojourn_store_errors_total/apply"] == 1
        assert values(metrics)["sojourn_leads"] == 1
        with pytest.raises(NotLeader):
            store.apply(term + 1, [event])
        assert values(metrics)["sojourn_leads"] == 0
        assert values(metrics)["sojourn_events_total/node.up"] == 1


def test_each_metric_of_the_table_is_told(metrics: Metrics) -> None:
    text, content_type = metrics.text()
    assert content_type.startswith("text/plain")
    for metric in METRICS:
        name = f"{metric.name}_total" if metric.kind is Kind.COUNTER else metric.name
        assert f"# HELP {name} {metric.doc}\n# TYPE {name} {metric.kind}\n" in text


def test_who_asks_for_openmetrics_gets_it(metrics: Metrics) -> None:
    text, content_type = metrics.text("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")


def test_the_process_is_told_of() -> None:
    found = values(Metrics(list, list))
    assert found["process_resident_memory_bytes"] > 1_000_000


def test_two_controllers_in_a_process_do_not_meet() -> None:
    one, other = Metrics(list, list), Metrics(list, list)
    one.reported()
    assert values(other)["sojourn_reports_total"] == 0
