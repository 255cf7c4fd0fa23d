"""While a large message is judged, nothing is searched for garbage; afterwards it is as before."""

from __future__ import annotations

import gc

import pytest

from whosees.checker.core.garbage import LARGE, paused_collection


@pytest.mark.parametrize(("size", "pauses"), [(0, False), (LARGE, False), (LARGE + 1, True)])
def test_the_search_pauses_for_large_messages_alone(size: int, pauses: bool) -> None:
    with paused_collection(size):
        assert gc.isenabled() is not pauses
    assert gc.isenabled()


def test_the_search_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), paused_collection(LARGE + 1):
        raise ValueError("broken")
    assert gc.isenabled()


def test_who_paused_it_already_finds_it_paused_afterwards() -> None:
    gc.disable()
    try:
        with paused_collection(LARGE + 1):
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
