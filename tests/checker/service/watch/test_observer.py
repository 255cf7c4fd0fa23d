"""Whatever passes, in whatever pieces: observing raises nothing, changes nothing and keeps nothing."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from whosees.checker.service.watch.body_copy import CopyBudget
from whosees.checker.service.watch.copies import BodyState, ExchangeCopy, RelayCounts
from whosees.checker.service.watch.observer import ConnectionObserver, CopyPolicy

HOST = b"Host: x\r\n"
UPGRADE = b"Upgrade: x\r\nConnection: upgrade\r\n\r\n"
LENGTH, CHUNKS = b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
REQUESTS = [
    *(b"%s / HTTP/1.1\r\n" % method + HOST + b"\r\n" for method in (b"GET", b"HEAD", b"CONNECT")),
    *(b"POST / HTTP/1.1\r\n" + HOST + rest for rest in (LENGTH, CHUNKS, UPGRADE)),
]
RESPONSES = [
    *(b"HTTP/1.1 200 OK\r\n" + rest for rest in (LENGTH, CHUNKS, b"\r\nabc")),
    *(b"HTTP/1.1 204 OK\r\n\r\n", b"HTTP/1.1 100 OK\r\n\r\n", b"HTTP/1.1 101 OK\r\n" + UPGRADE),
]
FRAGMENTS = [
    b"GET / HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    HOST,
    LENGTH,
    CHUNKS,
    b"\r\n",
    b"\0\xff",
    b"\n",
    b" ",
]


def sent_by(*, client: bool) -> st.SearchStrategy[tuple[bool, bytes]]:
    """Whole messages, mostly, and such as are cut, joined or wrong."""
    whole = st.sampled_from(REQUESTS if client else RESPONSES)
    cut = st.builds(lambda message, end: message[:end], whole, st.integers(1, 60))
    wrong = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map(b"".join)
    return st.tuples(st.just(client), st.one_of(whole, whole, whole, cut, wrong))


STEPS = st.one_of(sent_by(client=True), sent_by(client=False))


DECLINED = [
    (True, b"GET / HTTP/1.1\r\n" + HOST + UPGRADE),
    (True, b"GET / HTTP/1.1\r\n"),
    (False, b"HTTP/1.1 204 OK\r\n\r\n"),
    (True, HOST + b"\r\n"),
]
"""What follows a proposed upgrade is passed on before it is understood."""


@example(steps=DECLINED, size=1000, rewrites=True)
@given(steps=st.lists(STEPS, max_size=12), size=st.sampled_from([1, 7, 1000]), rewrites=st.booleans())
def test_observing_raises_nothing_changes_nothing_and_keeps_nothing(
    steps: list[tuple[bool, bytes]], size: int, rewrites: bool
) -> None:
    budget, copies = CopyBudget(1000), list[ExchangeCopy]()
    policy = CopyPolicy(10, budget, RelayCounts(), copies.append)
    observer = ConnectionObserver(policy, (lambda head: head) if rewrites else None)
    sent, passed = b"", b""
    for is_client, data in steps:
        for part in (data[begin : begin + size] for begin in range(0, len(data), size)):
            if is_client:
                sent += part
                passed += observer.client_data(part)
            else:
                observer.upstream_data(part)
    passed += observer.client_end()
    observer.close()
    assert passed == sent
    assert budget.used == 0
    for copy in copies:
        for message in (copy.request, copy.response):
            assert message.state is BodyState.COMPLETE or not message.body
