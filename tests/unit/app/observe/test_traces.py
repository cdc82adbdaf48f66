"""One trace for a move, as its steps in time, to an exporter and over HTTP."""

import logging
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from sojourn.app.observe.move_steps import LATEST_NS, Step, steps_of
from sojourn.app.observe.telemetry import Telemetry, number_of
from sojourn.app.observe.traces import NoTraces, full, open_traces
from sojourn.model.errors import ConfigError
from sojourn.model.record import MoveState
from tests.unit.app.observe.moves import MS, TRACE, S, record, row


def times(step: Step, start_ns: int = 1000 * S) -> list[tuple[str, float, float]]:
    """Each step with its times in milliseconds, in order."""
    own = (step.name, (step.begin_ns - start_ns) / MS, (step.end_ns - start_ns) / MS)
    return [own, *(each for part in step.steps for each in times(part, start_ns))]


def test_a_move_is_steps_from_cause_to_arrival() -> None:
    assert times(steps_of(record(), row())) == [
        ("move", 0, 45),
        ("decide", 0, 5),
        ("offer", 5, 39),
        ("rounds", 5, 39),
        ("stop", 39, 45),
        ("transfer", 39, 43),
        ("arrive", 43, 45),
    ]


def test_a_source_whose_clock_is_late_begins_when_it_was_decided() -> None:
    found = times(steps_of(record(), row(started_ns=900 * S)))
    assert found[:3] == [("move", 0, 40), ("decide", 0, 0), ("offer", 0, 34)]
    assert found[-1] == ("arrive", 38, 40)


def test_a_move_that_failed_ends_with_its_offer() -> None:
    step = steps_of(record(MoveState.FAILED, "node-2 has no room"), row())
    assert [name for name, _, _ in times(step)] == ["move", "decide", "offer", "rounds"]
    assert [part.error for part in (step, *step.steps)] == ["node-2 has no room", "", "node-2 has no room"]


def test_of_a_move_that_no_source_tells_of_the_decision_is_known() -> None:
    assert times(steps_of(record())) == [("move", 0, 40), ("decide", 0, 0)]


sizes = st.integers(0, 2**64 - 1)


@given(decided=st.floats(), numbers=st.tuples(sizes, sizes, sizes, sizes), state=st.sampled_from(MoveState))
def test_steps_lie_in_each_other_whatever_a_node_tells(
    decided: float, numbers: tuple[int, int, int, int], state: MoveState
) -> None:
    started, total, paused, downtime = numbers
    told = msgspec.structs.replace(record(state), decided_at=decided)
    source = row()
    source = type(source)(
        **{name: getattr(source, name) for name in source.__slots__}
        | {"started_at_ns": started, "total_ns": total, "paused_ns": paused, "downtime_ns": downtime}
    )
    nested(steps_of(told, source))


def nested(step: Step) -> None:
    assert 0 <= step.begin_ns <= step.end_ns <= 2 * LATEST_NS
    last = step.begin_ns
    for part in step.steps:
        assert last <= part.begin_ns
        assert part.end_ns <= step.end_ns
        last = part.end_ns
        nested(part)


def spans(*moves: tuple[MoveState, str, str]) -> tuple[ReadableSpan, ...]:
    """Spans of moves that are told of, the last first."""
    exporter = InMemorySpanExporter()
    traces = Telemetry(exporter, "here", "1.2.3", SimpleSpanProcessor(exporter))
    for state, error, trace in moves:
        traces.move(record(state, error, trace), row())
    found = exporter.get_finished_spans()
    traces.close()
    return found


def test_a_move_is_one_trace_with_the_records_identity() -> None:
    found = {span.name: span for span in spans((MoveState.DONE, "", TRACE))}
    assert set(found) == {"move", "decide", "offer", "rounds", "stop", "transfer", "arrive"}
    assert {span.context.trace_id for span in found.values()} == {int(TRACE, 16)}
    parents = {name: span.parent.span_id if span.parent else None for name, span in found.items()}
    numbers = {name: span.context.span_id for name, span in found.items()}
    assert parents["move"] is None
    assert parents["decide"] == parents["offer"] == parents["stop"] == numbers["move"]
    assert parents["rounds"] == numbers["offer"]
    assert parents["transfer"] == parents["arrive"] == numbers["stop"]
    assert (found["stop"].start_time, found["stop"].end_time) == (1000 * S + 39 * MS, 1000 * S + 45 * MS)
    attributes = found["move"].attributes or {}
    assert attributes["sojourn.atom"] == "node-1/a"
    assert attributes["sojourn.cause"] == "node-1 is full"
    assert (found["rounds"].attributes or {})["sojourn.rounds"] == 3
    resource = found["move"].resource.attributes
    assert (resource["service.name"], resource["service.namespace"]) == ("sojourn-controller", "here")
    assert resource["service.version"] == "1.2.3"


def test_each_move_has_a_trace_of_its_own() -> None:
    found = spans((MoveState.DONE, "", ""), (MoveState.DONE, "", "no number"), (MoveState.DONE, "", TRACE))
    identities = {span.context.trace_id for span in found}
    assert len(identities) == 3
    assert int(TRACE, 16) in identities


def test_a_move_that_failed_is_an_error() -> None:
    found = {span.name: span for span in spans((MoveState.FAILED, "no room", TRACE))}
    assert found["move"].status.status_code is StatusCode.ERROR
    assert found["move"].status.description == "no room"
    assert found["decide"].status.status_code is StatusCode.UNSET


@pytest.mark.parametrize("text", ["", "0" * 32, "x", "-1", "1" + "0" * 32, "ff ff ff"])
def test_what_is_no_identity_is_none(text: str) -> None:
    assert number_of(text) is None


class Collector(HTTPServer):
    """An endpoint of OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, ExportTraceServiceRequest]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Keeps what comes."""

    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Collects."""
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("by", ["configuration", "environment"])
def test_traces_are_sent_over_http(collector: Collector, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if by == "environment":
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        traces = open_traces(None, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address}, "here", "1.2.3")
    else:
        traces = open_traces(collector.address, {}, "here", "1.2.3")
    traces.move(record(), row())
    traces.close()
    ((path, request),) = collector.requests
    assert path == "/v1/traces"
    found = [span for part in request.resource_spans for scope in part.scope_spans for span in scope.spans]
    assert {span.name for span in found} == {"move", "decide", "offer", "rounds", "stop", "transfer", "arrive"}
    assert {span.trace_id.hex() for span in found} == {TRACE}


def test_without_an_address_nothing_is_traced() -> None:
    traces = open_traces("", {}, "here", "1")
    assert isinstance(traces, NoTraces)
    traces.move(record(), row())
    traces.close()


def test_without_the_packages_it_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.delitem(sys.modules, "sojourn.app.observe.telemetry")
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ConfigError, match="needs OpenTelemetry") as caught:
        open_traces("http://127.0.0.1:1", {}, "here", "1")
    assert caught.value.hint == "pip install 'sojourn[tracing]'"
    with caplog.at_level(logging.WARNING):
        assert isinstance(open_traces("", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h"}, "here", "1"), NoTraces)
    assert "OpenTelemetry is missing" in caplog.text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://h:4318", "http://h:4318/v1/traces"),
        ("http://h:4318/", "http://h:4318/v1/traces"),
        ("https://h/otlp/v1/traces", "https://h/otlp/v1/traces"),
        ("http://[::1]:4318", "http://[::1]:4318/v1/traces"),
    ],
)
def test_an_address_gets_the_usual_path(address: str, expected: str) -> None:
    assert full(address) == expected


@pytest.mark.parametrize("address", ["h:4318", "tcp/h:1", "http://", "http://h:x", "http://h:99999", "http://[::1"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ConfigError, match=r"controller\.traces is to be an address"):
        full(address)
