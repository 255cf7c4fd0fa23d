"""The judging process ends, and another one takes over; nobody waits, and what was lost is known."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise

from support.traffic import ASKED, GOOD, LEAKING
from whosees.checker.checking.results import Result, Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.service.watch.copies import ExchangeCopy, MessageCopy
from whosees.checker.service.watch.judge_process import (
    BATCH,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    STEADY_SECONDS,
    JudgeEndedError,
    JudgeProcess,
    JudgeSupervisor,
)


def copies(*responses: bytes) -> list[ExchangeCopy]:
    return [
        ExchangeCopy(number, b"POST", b"/", MessageCopy([], ASKED), 200, MessageCopy([], each))
        for number, each in enumerate(responses, 1)
    ]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class MortalJudge:
    """Answers a number of copies, then ends."""

    def __init__(self, answers: int = 0) -> None:
        self._left = answers
        self.is_closed = False

    def judge(self, given: Sequence[ExchangeCopy]) -> Iterator[list[Result]]:
        for copy in given:
            if not self._left:
                raise JudgeEndedError
            self._left -= 1
            yield [Skipped(str(copy.number), "")]

    def close(self) -> None:
        self.is_closed = True


def answered(supervisor: JudgeSupervisor, number: int) -> list[bool]:
    return [results is not None for results in supervisor.judge(copies(*[GOOD] * number))]


def test_what_the_process_had_answered_counts_and_the_rest_of_its_batch_is_lost() -> None:
    judges = [MortalJudge(BATCH + 2), MortalJudge(1)]
    clock = Clock()
    supervisor = JudgeSupervisor(iter(judges).__next__, clock)
    assert answered(supervisor, 2 * BATCH + 3) == [True] * (BATCH + 2) + [False] * (BATCH + 1)
    assert judges[0].is_closed
    clock.now += FIRST_PAUSE
    assert answered(supervisor, 2) == [True, False]
    assert supervisor.ended == 2


def test_the_pause_doubles_up_to_a_limit_and_nothing_is_started_in_it() -> None:
    clock, started = Clock(), []

    def start() -> MortalJudge:
        started.append(clock.now)
        return MortalJudge()

    supervisor = JudgeSupervisor(start, clock)
    for _ in range(400):
        assert answered(supervisor, 1) == [False]
        clock.now += FIRST_PAUSE
    pauses = [later - earlier for earlier, later in pairwise(started)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE]
    assert supervisor.ended == len(started)


def test_a_process_that_worked_for_long_is_followed_after_the_first_pause() -> None:
    clock, judges = Clock(), [MortalJudge(), MortalJudge(1), MortalJudge(1)]
    supervisor = JudgeSupervisor(iter(judges).__next__, clock)
    assert answered(supervisor, 1) == [False]
    clock.now += FIRST_PAUSE
    assert answered(supervisor, 1) == [True]
    clock.now += STEADY_SECONDS
    assert answered(supervisor, 1) == [False]
    clock.now += FIRST_PAUSE
    assert answered(supervisor, 1) == [True]


def test_an_interrupt_of_all_processes_does_not_end_it_however_early_it_comes() -> None:
    """Ctrl-C is sent to every process of a terminal; this one ends when the other has nothing more to judge."""
    with closing(JudgeProcess(Settings(), trusts_header=False)) as judge:
        assert judge._process.pid is not None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(judge._process.pid, number)
        assert len(list(judge.judge(copies(GOOD, LEAKING)))) == 2
    assert judge._process.exitcode == 0


def test_a_process_that_is_killed_is_replaced() -> None:
    processes: list[JudgeProcess] = []

    def start() -> JudgeProcess:
        processes.append(JudgeProcess(Settings(), trusts_header=False))
        return processes[-1]

    def outcomes(*responses: bytes) -> list[list[str]]:
        return [
            [getattr(result, "outcome", "skipped") for result in results or ()]
            for results in supervisor.judge(copies(*responses))
        ]

    clock = Clock()
    with closing(JudgeSupervisor(start, clock)) as supervisor:
        assert outcomes(LEAKING, GOOD) == [["violating"], ["conformant"]]
        processes[0]._process.kill()
        processes[0]._process.join()
        assert outcomes(GOOD, GOOD) == [[], []]
        clock.now += FIRST_PAUSE
        assert outcomes(GOOD, LEAKING) == [["conformant"], ["violating"]]
        assert supervisor.ended == 1
    assert [each._process.exitcode for each in processes] == [-9, 0]
