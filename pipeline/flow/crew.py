"""Worker processes that may be lost: a job that hangs or crashes costs its worker, not the batch.

Shaped like any ``concurrent.futures.Executor``. Unlike a ProcessPoolExecutor each worker holds one
job at a time, so it is known which job ended it; the worker is replaced and the others go on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.util import get_temp_dir
from pathlib import Path
from queue import SimpleQueue
from tempfile import gettempdir
from threading import Semaphore, Thread
from typing import Any, ParamSpec, TypeVar

from pipeline.errors import ToolFailedError
from pipeline.i18n import _

P = ParamSpec("P")
T = TypeVar("T")

START_SECONDS = 120.0  # to be ready: imports on a busy machine
END_SECONDS = 5.0  # a worker that was told to go ends at once; past this it is ended
# Bytes of a socket's path: sun_path without its end, 104 on the BSDs and macOS, 108 on Linux.
SOCKET_PATH = 103
SOCKET_NAME = len("/pymp-12345678/listener-12345678")  # the fork server's, in the temporary folder


class StuckError(Exception):
    """The job did not end within its limit."""


class LostError(Exception):
    """The worker died over the job."""


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Crew(Executor):
    """``size`` workers, each made ready by ``start(*arguments)``; a job may take ``seconds``.

    A job's future raises StuckError or LostError where it took its worker with it, and
    ToolFailedError where there is no worker to be had. What ``start`` raises is raised by every
    job. ``temporary`` is the folder that it has among the
    system's temporary files, if any.
    """

    def __init__(
        self, size: int, start: Callable[..., None], arguments: tuple[Any, ...], seconds: float
    ) -> None:
        # A fork server imports the modules once for all; never a fork of this process, which has
        # threads and an open registry.
        forked = "forkserver" in get_all_start_methods() and _has_room_for_a_socket()
        self._context: Any = get_context("forkserver" if forked else "spawn")
        if forked:
            self._context.set_forkserver_preload([start.__module__])
        # Where the fork server has its socket. Made before the threads want it; Python removes
        # it with this process, unless that is killed.
        self.temporary = Path(get_temp_dir()) if forked else None
        self._start = (start, arguments)
        self._seconds = seconds
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._begun = Semaphore(0)
        self._keepers = [Thread(target=self._keep, daemon=True) for _number in range(size)]
        for keeper in self._keepers:
            keeper.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Put a job (a module's function, positional arguments) in the line."""
        if kwargs:
            raise TypeError("a job has positional arguments only")
        future: Future[T] = Future()
        self._jobs.put(_Job(future, fn, args))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the jobs in the line be done (or forget them), then send the workers away."""
        while cancel_futures and not self._jobs.empty():
            job = self._jobs.get()
            if job:
                job.future.cancel()
        for _keeper in self._keepers:
            self._jobs.put(None)
        for keeper in self._keepers if wait else ():
            keeper.join()

    def __exit__(self, *exception: object) -> None:
        """Leave at once where something went wrong: what is still in the line is not done."""
        failed = exception[0] is not None
        for _keeper in self._keepers if failed else ():
            # The fork server complains aloud of one who goes away while it makes a worker.
            self._begun.acquire(timeout=START_SECONDS)
        self.shutdown(wait=not failed, cancel_futures=failed)

    def _keep(self) -> None:
        """One thread for each worker: hand it a job, wait, replace it where it was lost."""
        worker: _Worker | None = None
        try:
            with contextlib.suppress(ToolFailedError):  # tried again, and told, with the first job
                worker = self._hire()
        finally:
            self._begun.release()
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or self._hire()
                done, answer = worker.do(job, self._seconds)
            except Exception as error:  # whatever it is, the job must have an answer
                if worker:
                    worker.end()
                worker = None
                job.future.set_exception(error)
            else:
                (job.future.set_result if done else job.future.set_exception)(answer)
        if worker:
            worker.dismiss()

    def _hire(self) -> _Worker:
        try:
            return _Worker(self._context, *self._start)
        except (EOFError, OSError) as error:
            raise ToolFailedError(
                _("no process can be started to read pages: {error}").format(error=error),
                hint=_("free memory and space in the system's temporary folder; run it again"),
            ) from error


def _has_room_for_a_socket() -> bool:
    return len(os.fsencode(gettempdir())) + SOCKET_NAME <= SOCKET_PATH


class _Worker:
    """A worker process as its keeper holds it."""

    def __init__(
        self, context: Any, start: Callable[..., None], arguments: tuple[Any, ...]
    ) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, start, arguments), daemon=True)
        self._process.start()
        theirs.close()  # so that the worker's end is the only one, and its death is seen
        self._ready: tuple[bool, Any] | None = None

    def do(self, job: _Job, seconds: float) -> tuple[bool, Any]:
        """(True, the answer) or (False, the exception)."""
        if self._ready is None:
            self._ready = self._answer(START_SECONDS)
        if not self._ready[0]:
            return self._ready
        self._pipe.send((job.function, job.arguments))
        return self._answer(seconds)

    def _answer(self, seconds: float) -> tuple[bool, Any]:
        try:
            if not self._pipe.poll(seconds):
                raise StuckError
            answer: tuple[bool, Any] = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise LostError from error
        return answer

    def dismiss(self) -> None:
        """Nothing more to do: the worker sees the closed pipe and goes."""
        self._pipe.close()
        self._process.join(END_SECONDS)
        if self._process.is_alive():
            self.end()

    def end(self) -> None:
        """End the worker with whatever programs it has started."""
        self._pipe.close()
        with contextlib.suppress(OSError):  # it is gone, or its group is
            if sys.platform != "win32":
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()


def _work(pipe: Connection, start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """A worker's life: ready itself, then job after job until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits for us
    if sys.platform != "win32":
        os.setpgid(0, 0)  # a group of its own, so that its programs can be ended with it
    with contextlib.suppress(EOFError, OSError):
        pipe.send(_attempt(start, arguments))
        while True:
            function, given = pipe.recv()
            answer = _attempt(function, given)
            try:
                pipe.send(answer)
            except (TypeError, AttributeError, ValueError) as error:  # it cannot be pickled
                pipe.send((False, RuntimeError(str(error))))


def _attempt(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, function(*arguments)
    except Exception as error:
        return False, error
