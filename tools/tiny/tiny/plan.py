"""All stages by a plan, several at a time, each in a process of its own."""

import pathlib
import subprocess
import sys
import time
from dataclasses import dataclass, field

from . import progress

PAUSE_SECONDS = 2


@dataclass(frozen=True)
class Step:
    """A stage up to a number of steps, once other stages have come so far."""

    stage: str
    steps: int
    needs: dict[str, int] = field(default_factory=dict)


PLAN = (
    Step("text", 2000),
    Step("vision", 9000, {"text": 250}),
    Step("ears", 8000, {"text": 250}),
    Step("codec", 3000),
    Step("joint", 7050, {"text": 2000, "vision": 9000, "ears": 8000}),
    Step("fine", 8000, {"joint": 7050, "vision": 9000, "ears": 8000}),
)


class Runner:
    def __init__(self, work: pathlib.Path, seed: int, workers: int):
        self.work, self.seed, self.workers = work, seed, workers
        self.running: dict[str, subprocess.Popen] = {}
        self.stop = progress.StopRequest()

    def run(self) -> int:
        """Until all is done, a stage fails, or a stop is asked for; gives the exit status."""
        while not self.stop.given:
            for stage, process in list(self.running.items()):
                if process.poll() is not None:
                    del self.running[stage]
                    if process.returncode:
                        return self._end(process.returncode)
            due = self._due()
            if not due and not self.running:
                return 0
            for step in due[: self.workers - len(self.running)]:
                self._start(step)
            time.sleep(PAUSE_SECONDS)
        return self._end(0)

    def _due(self) -> list[Step]:
        reached = {step.stage: progress.reached(self.work, step.stage) for step in PLAN}
        return [
            step
            for step in PLAN
            if step.stage not in self.running
            and reached[step.stage] < step.steps
            and all(reached[stage] >= least for stage, least in step.needs.items())
        ]

    def _start(self, step: Step) -> None:
        program = pathlib.Path(__file__).parent.parent / "train.py"
        command = [sys.executable, str(program), "--stage", step.stage, "--work", str(self.work)]
        command += ["--steps", str(step.steps), "--seed", str(self.seed)]
        self.running[step.stage] = subprocess.Popen(command, start_new_session=True)

    def _end(self, status: int) -> int:
        """Lets every stage save what it has."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait()
        return status
