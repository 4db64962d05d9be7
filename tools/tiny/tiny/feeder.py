"""Batches made ahead by a process of its own: drawing and speaking them takes a fourth of a step."""

import multiprocessing
import os
import pickle
import queue
import signal
from collections.abc import Callable

from .packing import Batch

AHEAD = 6
SECONDS_BETWEEN_LOOKS = 5


class Feeder:
    """For a `with` block; `draw` runs in the new process alone, so that what it draws depends on nothing else."""

    def __init__(self, draw: Callable[[], Batch]):
        # A copy of this process has read already what it draws from.
        context = multiprocessing.get_context("fork")
        self.batches = context.Queue(AHEAD)
        self.process = context.Process(target=_feed, args=(draw, self.batches), daemon=True)

    def __enter__(self) -> "Feeder":
        self.process.start()
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.join()

    def batch(self) -> Batch:
        """The next one; a RuntimeError if the process that makes them has ended."""
        while True:
            try:
                return pickle.loads(self.batches.get(timeout=SECONDS_BETWEEN_LOOKS))
            except queue.Empty:
                if not self.process.is_alive():
                    raise RuntimeError("the process that makes batches has ended, see above") from None


def _feed(draw: Callable[[], Batch], batches) -> None:
    # Whoever trains decides when it ends, or has been killed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    batches.cancel_join_thread()
    trainer, made = os.getppid(), None
    while os.getppid() == trainer:
        made = made or pickle.dumps(draw())
        try:
            batches.put(made, timeout=SECONDS_BETWEEN_LOOKS)
            made = None
        except queue.Full:
            continue
