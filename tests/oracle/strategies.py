"""Responses as hypothesis draws them."""

from __future__ import annotations

from hypothesis import strategies as st

from .reading import ROW, Response, ancestors, closed


def _numbered(path: str, number: int) -> str:
    return path if number == 1 else f"{path}[{number}]"


@st.composite
def responses(draw: st.DrawFn) -> Response:
    """Some rows of the table with what they are in, and some documents, tests and labels, complete or not."""
    places = set(draw(st.sets(st.sampled_from(list(ROW)))))
    for container in ("material/document", "test", "telephony/labels"):
        fields = [path.rpartition("/")[2] for path in ROW if container in ancestors(path)]
        for number in range(1, draw(st.integers(0, 3)) + 1):
            place = _numbered(container, number)
            places.add(place)
            places.update(f"{place}/{name}" for name in draw(st.sets(st.sampled_from(fields))))
    for leaf in ("presenter", "host/alternateHost"):
        places.update(_numbered(leaf, number) for number in range(1, draw(st.integers(0, 3)) + 1))
    return closed(places)
