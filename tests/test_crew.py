"""Workers that may be lost: a job that hangs or crashes is told so, and the others are done."""

from __future__ import annotations

import os
import threading
from concurrent.futures import CancelledError
from typing import NoReturn

import pytest

from pipeline.errors import RegistryError, ToolFailedError
from pipeline.flow import crew as crews
from pipeline.flow.crew import Crew, LostError, StuckError

_greeting = ""


def greet(words: str) -> None:
    global _greeting
    _greeting = words


def refuse(words: str) -> None:
    raise RegistryError(words)


def told(name: str) -> str:
    return f"{_greeting}, {name}"


def hang() -> None:
    threading.Event().wait()


def crash() -> None:
    os._exit(3)


def fail() -> None:
    raise RegistryError("no such paper", hint="look")


def unspeakable() -> object:
    return threading.Lock()


def crew(size: int = 1, seconds: float = 60) -> Crew:
    return Crew(size, greet, ("hello",), seconds)


def test_jobs_are_done_by_workers_made_ready() -> None:
    with crew(2) as two:
        done = [two.submit(told, name) for name in "abc"]
        assert [job.result() for job in done] == ["hello, a", "hello, b", "hello, c"]


def test_job_that_crashes_costs_only_itself() -> None:
    with crew() as one:
        before, lost, after = one.submit(told, "a"), one.submit(crash), one.submit(told, "b")
        assert before.result() == "hello, a"
        with pytest.raises(LostError):
            lost.result()
        assert after.result() == "hello, b"


def test_job_that_hangs_is_ended_after_its_time() -> None:
    with crew(seconds=0.3) as one:
        stuck = one.submit(hang)
        with pytest.raises(StuckError):
            stuck.result()
    with crew() as one:
        assert one.submit(told, "a").result() == "hello, a"


def test_exception_of_a_job_comes_back() -> None:
    with crew() as one:
        failed = one.submit(fail)
        with pytest.raises(RegistryError, match="no such paper → look"):
            failed.result()
        with pytest.raises(RuntimeError):
            one.submit(unspeakable).result()
        assert one.submit(told, "a").result() == "hello, a"


def test_worker_that_cannot_be_made_ready_says_why_to_every_job() -> None:
    with Crew(1, refuse, ("closed",), 60) as one:
        for job in (one.submit(told, "a"), one.submit(told, "b")):
            with pytest.raises(RegistryError, match="closed"):
                job.result()


def test_temporary_folder_too_deep_for_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "gettempdir", lambda: "/temporary" * 8)
    with crew() as one:
        assert one.temporary is None
        assert one.submit(told, "a").result() == "hello, a"


def test_no_worker_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_arguments: object) -> NoReturn:
        raise OSError("no more processes")

    monkeypatch.setattr(crews, "_Worker", none)
    with crew() as one, pytest.raises(ToolFailedError, match="no more processes"):
        one.submit(told, "a").result()


def test_leaving_over_an_error_forgets_the_line() -> None:
    jobs = []
    with pytest.raises(KeyboardInterrupt), crew() as one:
        jobs = [one.submit(told, str(number)) for number in range(200)]
        raise KeyboardInterrupt
    with pytest.raises(CancelledError):
        jobs[-1].result()
