"""What a controller makes of its configuration."""

import pytest

from sojourn.app.controller.main import trace_address_of
from sojourn.model.errors import ConfigError


@pytest.mark.parametrize("address", ["", "http://traces.test/trace/{trace}", "https://traces.test/?id={trace}#all"])
def test_traces_are_looked_at_at_an_address(address: str) -> None:
    assert trace_address_of({"controller.trace_address": address}) == address


@pytest.mark.parametrize("address", ["javascript:alert('{trace}')", "http://traces.test/", "traces.test/{trace}"])
def test_what_is_no_address_of_traces_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match=r"controller\.trace_address is to be an address as http://"):
        trace_address_of({"controller.trace_address": address})
