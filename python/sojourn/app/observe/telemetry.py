"""Traces by OpenTelemetry's own package: loaded by `traces` where it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode

from sojourn.app.observe.move_steps import steps_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.sdk.trace.export import SpanExporter

    from sojourn.app.observe.move_steps import Step
    from sojourn.model.record import MoveRecord
    from sojourn.model.wire import MoveRow

PREFIX = "sojourn."
HEX = 16
# Longest end of a process that waits for its traces, in milliseconds.
FLUSH_MS = 3000


class Telemetry:
    """Traces that go to an exporter.

    Args:
        exporter: Where to.
        realm: Name of the realm.
        version: Version of this release.
        processor: How they get there; None: in the background, some at a time.
    """

    def __init__(
        self, exporter: SpanExporter, realm: str, version: str, processor: SpanProcessor | None = None
    ) -> None:
        self._numbers = Numbers()
        # What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say comes with `create`, and wins.
        own = {"service.name": "sojourn-controller", "service.namespace": realm, "service.version": version}
        resource = Resource(own).merge(Resource.create())
        if str(resource.attributes.get("service.name", "")).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": own["service.name"]}))
        # At exit `close` is called in order; a hook of the package's own would wait again.
        self._provider = TracerProvider(resource=resource, id_generator=self._numbers, shutdown_on_exit=False)
        self._processor = processor or BatchSpanProcessor(exporter)
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer("sojourn", version)

    def move(self, record: MoveRecord, row: MoveRow | None = None) -> None:
        """Tells of a move that is over: see `Traces`."""
        self._numbers.trace = number_of(record.trace)
        self._span(steps_of(record, row), Context())

    def close(self) -> None:
        """Sends what is left, for some seconds at most."""
        self._provider.force_flush(FLUSH_MS)
        self._provider.shutdown()

    def _span(self, step: Step, parent: Context) -> None:
        """A step, and those in it."""
        data = {PREFIX + name: value for name, value in step.data.items()}
        span = self._tracer.start_span(
            step.name, parent, kind=SpanKind.INTERNAL, attributes=data, start_time=step.begin_ns
        )
        if step.error:
            span.set_status(Status(StatusCode.ERROR, step.error))
        inside = trace.set_span_in_context(span, parent)
        for part in step.steps:
            self._span(part, inside)
        span.end(step.end_ns)


class Numbers(IdGenerator):
    """Identities: that of a trace may be given.

    Attributes:
        trace: Identity of the next trace; None: any.
    """

    def __init__(self) -> None:
        self._any = RandomIdGenerator()
        self.trace: int | None = None

    def generate_trace_id(self) -> int:
        """The one that was given, once; else any."""
        given, self.trace = self.trace, None
        return given or self._any.generate_trace_id()

    def generate_span_id(self) -> int:
        """Any."""
        return self._any.generate_span_id()


def number_of(text: str) -> int | None:
    """The identity of a trace, of its 32 digits; None: it is none."""
    try:
        number = int(text, HEX)
    except ValueError:
        return None
    return number if 0 < number < 1 << 128 else None


def exporter(endpoint: str | None) -> SpanExporter:
    """Sends by OTLP over HTTP.

    Args:
        endpoint: Where to; None: what the environment says.
    """
    return OTLPSpanExporter(endpoint=endpoint)


def current() -> tuple[str, str] | None:
    """Identities of the trace and the span that are going on, for logs; None: there are none."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return trace.format_trace_id(context.trace_id), trace.format_span_id(context.span_id)
