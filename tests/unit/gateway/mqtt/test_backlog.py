"""What waits stays within its bounds, and what goes is counted."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from sojourn.gateway.mqtt.backlog import Backlog


@given(
    st.integers(0, 5),
    st.integers(1, 30),
    st.booleans(),
    st.lists(st.one_of(st.integers(0, 40), st.none()), max_size=60),
)
def test_a_backlog_keeps_its_bounds_its_order_and_its_count(
    most: int,
    most_bytes: int,
    oldest: bool,  # noqa: FBT001 -- drawn
    steps: list[int | None],
) -> None:
    backlog: Backlog[int] = Backlog(most, most_bytes, "oldest" if oldest else "newest")
    model: deque[tuple[int, int]] = deque()
    gone = 0
    for number, size in enumerate(steps):
        if size is None:
            if model:
                assert backlog.first() == model[0][0]
                assert backlog.pop() == model.popleft()[0]
            continue
        dropped = backlog.put(number, size)
        gone += len(dropped)
        if dropped == [number]:
            room = len(model) < most and sum(each for _, each in model) + size <= most_bytes
            assert not room
            assert not oldest or size > most_bytes or most == 0
        else:
            for each in dropped:
                assert oldest
                assert model.popleft()[0] == each
            model.append((number, size))
        assert list(backlog) == [each for each, _ in model]
        assert len(backlog) <= most
        assert backlog.bytes == sum(each for _, each in model) <= most_bytes
    assert backlog.dropped == gone
