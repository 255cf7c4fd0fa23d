"""Worker processes that leave the signals which end a run to the process that started them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import ParamSpec, TypeVar

from .signals import blocked

P = ParamSpec("P")
T = TypeVar("T")


class WorkerPool(ProcessPoolExecutor):
    """A pool whose processes start without a signal; their initializer has to call `signals.ignore_sigint_in_worker`."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a call, which may start a process."""
        with blocked(multiprocessing.get_start_method()):
            return super().submit(function, *args, **kwargs)
