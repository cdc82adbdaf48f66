import numpy as np

from sojourn.control.coordinates import Coordinates


def trained(seed: int, rounds: int) -> tuple[Coordinates, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Nodes on a plane of 100 ms, of which each measures four others again and again."""
    chance = np.random.default_rng(seed)
    places = chance.uniform(0, 100, (40, 2))
    true = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 2
    links = [(row, int(peer)) for row in range(40) for peer in chance.integers(0, 40, 4) if peer != row]
    made = Coordinates(40)
    for _ in range(rounds):
        for row, peer in links:
            made.measured(row, peer, float(true[row, peer]), (f"n{row}", f"n{peer}"))
            made.measured(peer, row, float(true[row, peer]), (f"n{peer}", f"n{row}"))
    return made, true


def test_links_that_nobody_measured_are_estimated_well() -> None:
    made, true = trained(5, 60)
    off = np.array([np.abs(made.rtt_ms(row) - true[row]) / true[row] for row in range(40)])
    assert np.median(off[~np.eye(40, dtype=bool)]) < 0.15


def test_the_same_measurements_give_the_same_coordinates() -> None:
    one, other = trained(6, 3)[0], trained(6, 3)[0]
    assert all(np.array_equal(*pair) for pair in zip(one.columns(), other.columns(), strict=True))


def test_nothing_is_known_of_a_node_without_links() -> None:
    made = Coordinates(3)
    made.measured(0, 1, 10.0, ("a", "b"))
    assert np.isnan(made.rtt_ms(2)).all()
    assert np.isnan(made.rtt_ms(0)).tolist() == [False, False, True]
    made.forget(1)
    assert np.isnan(made.rtt_ms(0)).tolist() == [False, True, True]


def test_what_cannot_be_is_not_taken() -> None:
    made = Coordinates(2)
    for rtt in (float("nan"), float("inf")):
        made.measured(0, 1, rtt, ("a", "b"))
    assert not made.known.any()
    for _ in range(100):
        made.measured(0, 1, 0.0, ("a", "b"))
        made.measured(1, 0, 1e300, ("b", "a"))
    assert not np.isnan(made.points).any()


def test_rows_can_be_added() -> None:
    made, _ = trained(7, 3)
    before = made.rtt_ms(0)
    made.grow(64)
    assert np.array_equal(made.rtt_ms(0)[:40], before)
    assert np.isnan(made.rtt_ms(0)[40:]).all()
