"""From measurements to figures.

A ratio is the median, over the repeats, of a column's time over plain's in the same repeat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import geometric_mean, median, quantiles

PLAIN = "plain"
OURS = "atomic"
SMALLEST_MODULE_BYTES = 20_000
LARGEST_SMALL_IMAGE_BYTES = 65_536
KEYS = {
    "atomic": "overhead_geomean",
    "counter": "overhead_counter_geomean",
    "asyncify": "asyncify_geomean",
    "epochs": "epochs_geomean",
}


@dataclass
class Measured:
    """All times and sizes of one program.

    Attributes:
        seconds: Times by column, one for each repeat.
        code_bytes: Bytes of the code section by column.
        native_bytes: Bytes of the compiled module by column.
        module_bytes: Bytes of the module.
        rests: Time of the rest after a stop in the middle over plain's for that rest, one for each repeat.
        stops_ms: From each stop request to the stack unwound.
        stops_processor_ms: Processor time that the guest used of each of these.
        resumes_ms: From each image's bytes to an instance that goes on.
        image_bytes: Size of each image.
        index_bytes: Of each image, the list of memory chunks with their hashes.
        extra_bytes: Of each image, what is neither the guest's memory nor that list.
    """

    module_bytes: int = 0
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rests: list[float] = field(default_factory=list)
    stops_ms: list[float] = field(default_factory=list)
    stops_processor_ms: list[float] = field(default_factory=list)
    resumes_ms: list[float] = field(default_factory=list)
    image_bytes: list[int] = field(default_factory=list)
    index_bytes: list[int] = field(default_factory=list)
    extra_bytes: list[int] = field(default_factory=list)
    code_bytes: dict[str, int] = field(default_factory=dict)
    native_bytes: dict[str, int] = field(default_factory=dict)

    def ratios(self, column: str) -> list[float]:
        """Time over plain's of the same repeat, for each repeat."""
        pairs = zip(self.seconds.get(column, []), self.seconds.get(PLAIN, []), strict=False)
        return [time / plain for time, plain in pairs]

    def ratio(self, column: str) -> float | None:
        """Median of the ratios; None without any."""
        ratios = self.ratios(column)
        return median(ratios) if ratios else None

    def code_ratio(self, column: str = OURS) -> float | None:
        """Code size over plain's."""
        if PLAIN not in self.code_bytes or column not in self.code_bytes:
            return None
        return self.code_bytes[column] / self.code_bytes[PLAIN]


def time_figures(programs: Mapping[str, Measured]) -> dict[str, float]:
    """The figures about run time and code size."""
    figures = {}
    for column, key in KEYS.items():
        ratios = known(measured.ratio(column) for measured in programs.values())
        if ratios:
            figures[key] = geometric_mean(ratios)
    ours = known(measured.ratio(OURS) for measured in programs.values())
    if ours:
        figures["overhead_worst"] = max(ours)
    large = [measured for measured in programs.values() if measured.module_bytes > SMALLEST_MODULE_BYTES]
    sizes = known(measured.code_ratio() for measured in large)
    if sizes:
        figures["code_size_geomean"] = geometric_mean(sizes)
    return figures


def hop_figures(programs: Mapping[str, Measured]) -> dict[str, float]:
    """The figures about stops and resumes."""
    figures: dict[str, float] = {}
    rests = [median(measured.rests) for measured in programs.values() if measured.rests]
    if rests:
        figures["resumed_overhead_geomean"] = geometric_mean(rests)
    stops = [stop for measured in programs.values() for stop in measured.stops_ms]
    if stops:
        figures |= {"stop_p50_ms": median(stops), "stop_p99_ms": percentile(stops, 99)}
        used = [stop for measured in programs.values() for stop in measured.stops_processor_ms]
        figures["stop_processor_p99_ms"] = percentile(used, 99)
    resumes = [
        resume
        for measured in programs.values()
        for resume, size in zip(measured.resumes_ms, measured.image_bytes, strict=True)
        if size <= LARGEST_SMALL_IMAGE_BYTES
    ]
    if resumes:
        figures |= {"resume_p50_ms": median(resumes), "resume_p99_ms": percentile(resumes, 99)}
    extras = [extra for measured in programs.values() for extra in measured.extra_bytes]
    if extras:
        figures["image_extra_bytes"] = max(extras)
        figures["image_index_bytes"] = max(max(measured.index_bytes, default=0) for measured in programs.values())
    return figures


def known(values: Iterable[float | None]) -> list[float]:
    """Those that are there."""
    return [value for value in values if value is not None]


def percentile(values: list[float], percent: int) -> float:
    """The value that this share of the values does not exceed."""
    return values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[percent - 1]
