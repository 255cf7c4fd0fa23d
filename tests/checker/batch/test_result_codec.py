"""Answers of worker processes: what comes out is what went in, and each verdict is sent once."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.traffic import CALLS, GOOD, LACKING, LEAKING
from whosees.checker.batch import result_codec
from whosees.checker.batch.result_codec import ChunkResults, ResultDecoder, ResultEncoder
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Result, Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult

CHECKER = Checker(Settings())


def result(content: bytes) -> ResponseResult:
    (given,) = CHECKER.check(Recording("a", content))
    assert isinstance(given, ResponseResult)
    return given


VERDICTS = [result(content) for content in (GOOD, LACKING, LEAKING, CALLS[3].response)]
VERDICTS.append(VERDICTS[0].of("a"))

results = st.lists(
    st.builds(lambda verdict, source: verdict.of(source), st.sampled_from(VERDICTS), st.text(max_size=3))
    | st.builds(Skipped, st.text(max_size=3), st.just("lonely")),
    max_size=4,
)
chunks = st.lists(st.lists(results, max_size=3), max_size=5)


def sent(answer: ChunkResults) -> ChunkResults:
    received: ChunkResults = pickle.loads(pickle.dumps(answer))  # noqa: S301 - our own, pickled here
    return received


@given(chunks, st.integers(1, 4))
def test_results_come_out_as_they_went_in(given: list[list[list[Result]]], remembered: int) -> None:
    """However often both sides forget what they know."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(result_codec, "MAX_VERDICTS", remembered)
        encoder, decoder = ResultEncoder(), ResultDecoder()
        for chunk in given:
            assert list(decoder.decode(sent(encoder.encode(chunk)))) == chunk


def test_answers_of_several_workers_are_kept_apart() -> None:
    encoders, decoder = [ResultEncoder(), ResultEncoder()], ResultDecoder()
    first, second = (
        encoder.encode([[verdict]]) for encoder, verdict in zip(encoders, VERDICTS, strict=False)
    )
    assert list(decoder.decode(first)) == [[VERDICTS[0]]]
    assert list(decoder.decode(second)) == [[VERDICTS[1]]]
    assert list(decoder.decode(encoders[0].encode([[VERDICTS[0].of("b")]]))) == [[VERDICTS[0].of("b")]]


def test_a_verdict_is_sent_once() -> None:
    encoder = ResultEncoder()
    content = [[VERDICTS[0].of(str(number)) for number in range(100)]]
    assert [len(encoder.encode(content).verdicts) for _ in range(3)] == [1, 0, 0]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_codec, "MAX_VERDICTS", 3)
    encoder = ResultEncoder()
    given = [encoder.encode([[verdict]]) for verdict in VERDICTS[:4]]
    assert [results.restarts for results in given] == [True, False, False, True]
