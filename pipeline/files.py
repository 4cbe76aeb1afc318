"""Files: fingerprints, writing that is whole or not at all, private permissions."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipeline.errors import FormError, PaperloopError, UsageError
from pipeline.i18n import _

if TYPE_CHECKING:
    from filelock import FileLock

OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700
_CHUNK = 1 << 20
_WORK = ".work"  # in the folder of output
_ALIVE = ".lock"  # beside a run's work folder, held while the run lives
_OUTSIDE = "outside"  # in a run's work folder: where it has a folder that is not in the workspace
_FULL = (errno.ENOSPC, errno.EDQUOT)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def make_private(path: Path) -> Path:
    """Make the folder (and its parents) readable by its owner only; return it. Raises OSError.

    One that is there stays as it is: it may be a person's own.
    """
    for parent in reversed(path.parents):  # mkdir would make them as readable as others are
        parent.mkdir(exist_ok=True, mode=OWNER_ONLY_FOLDER)
    path.mkdir(exist_ok=True, mode=OWNER_ONLY_FOLDER)
    return path


def close_to_others(path: Path) -> None:
    """Take what others may do with a file or folder of ours, where it is ours.

    On Windows chmod knows only "read-only": there the permissions are those of the folder above.
    """
    if sys.platform != "win32":
        with suppress(OSError):
            path.chmod(path.stat().st_mode & OWNER_ONLY_FOLDER)


def private_folder(path: Path) -> Path:
    """``make_private`` for what a person asked for: UsageError where it cannot be made."""
    try:
        return make_private(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def is_full(error: OSError) -> bool:
    """Whether the disk, or what its owner may use of it, is full."""
    return error.errno in _FULL


def cannot_write(folder: Path | None, error: OSError) -> UsageError:
    """What to say where nothing can be written; ``folder`` is None where it is not known."""
    if is_full(error):
        hint = _("make room on the disk and run it again: what is done is not done twice")
    else:
        hint = _("choose another folder, or ask for the right to write")
    return UsageError(
        _("nothing can be written here: {error}").format(error=error.strerror or error),
        where=str(folder) if folder else "",
        hint=hint,
    )


def write_atomic(path: Path, content: bytes, *, synced: bool = True) -> Path:
    """Write ``content`` so that ``path`` is either as before or whole, readable by its owner only.

    ``synced``: it is on the disk when this returns; else a power cut may lose what was written.
    Raises UsageError where nothing can be written.
    On Windows the permissions are the folder's: chmod there knows only "read-only".
    """
    with _in_place_of(path, synced=synced) as stream:
        stream.write(content)
    return path


@contextmanager
def _in_place_of(path: Path, *, synced: bool = True) -> Iterator[IO[bytes]]:
    """A stream to a file beside ``path`` that takes its place when all is written."""
    private_folder(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise cannot_write(path.parent, error) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            if synced:
                os.fsync(stream.fileno())
        part.replace(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and is_full(error):
            raise cannot_write(path.parent, error) from error
        raise


def unused(folder: Path, name: str) -> Path:
    """The first path of ``name`` with a {number} from 1 that nothing stands at."""
    number = 1
    while (path := folder / name.format(number=number)).exists():
        number += 1
    return path


def sweep_parts(folder: Path) -> None:
    """Remove what an interrupted ``write_atomic`` left in ``folder`` and below."""
    for part in folder.rglob(".*.part"):
        part.unlink(missing_ok=True)


def copy_once(source: Path, folder: Path, sha256: str) -> Path:
    """Keep one copy of an original under its fingerprint; the source is only read."""
    target = folder / sha256
    if not target.exists():
        with source.open("rb") as original, _in_place_of(target) as stream:
            shutil.copyfileobj(original, stream, _CHUNK)
    return target


def toml(content: bytes, where: str, error: type[PaperloopError] = FormError) -> dict[str, Any]:
    """The document in a TOML file; the mark that Notepad sets at its start is passed over.

    Raises ``error``: it is not TOML, or not in UTF-8.
    """
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise error(_("the file is not UTF-8"), where=where, hint=_("save it as UTF-8")) from fault
    except tomllib.TOMLDecodeError as fault:
        raise error(
            _("this is not TOML: {error}").format(error=fault),
            where=where,
            hint=_("mend that line; text stands in double quotes"),
        ) from fault


@contextmanager
def run_lock(output: Path, waits: Callable[[], None] = lambda: None) -> Iterator[None]:
    """One writing command at a time in a workspace: a second one waits for the first to end.

    ``waits`` is called once where this is the second. The system frees the lock when its holder
    dies, so what an interrupted run left behind is certainly nobody's any more and is swept away.
    """
    from filelock import FileLock, Timeout  # slow to import; what only reads does not wait for it

    close_to_others(private_folder(output))  # where an earlier version or a clone made it
    path = output / ".lock"
    lock = FileLock(path, mode=OWNER_ONLY_FILE)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waits()
        lock.acquire()
    try:
        close_to_others(path)
        sweep_parts(output)
        _sweep_work(output / _WORK)
        yield
    finally:
        lock.release()


@contextmanager
def work_folder(output: Path) -> Iterator[Path]:
    """A fresh private folder for the files of one run; it goes at the end of this run or the next.

    It is in the workspace and not among the system's temporary files, so that papers never lie
    about where nobody sweeps. A lock beside it tells that its run is alive: a command that only
    reads may have one while another holds the workspace.
    """
    parent = output / _WORK
    lock = _begun(parent)
    work = Path(lock.lock_file).with_suffix("")
    try:
        yield make_private(work).resolve()
    finally:
        _end(lock)
        with suppress(OSError):
            parent.rmdir()


@contextmanager
def temporary_files(output: Path) -> Iterator[None]:
    """Have what libraries write for a moment lie in a work folder, as a spreadsheet's cells do."""
    with work_folder(output) as work:
        before, tempfile.tempdir = tempfile.tempdir, str(work)
        try:
            yield
        finally:
            tempfile.tempdir = before


def keep_temporary_files_in(folder: Path) -> None:
    """The same for this process and the programs it starts, for good: in ``folder``."""
    tempfile.tempdir = str(folder)
    os.environ.update(temporary_in(folder))


def temporary_in(folder: Path) -> dict[str, str]:
    """The environment of a program that is to keep its temporary files in ``folder``."""
    return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))


def note_outside(work: Path, folder: Path | None) -> None:
    """Have the next run remove a folder of sockets outside the workspace if this one is killed."""
    with suppress(OSError):  # a full disk is told of by what has to be written
        if folder:
            part = work / f"{_OUTSIDE}.part"
            part.write_text(str(folder), "utf-8")
            part.replace(work / _OUTSIDE)


def _begun(parent: Path) -> FileLock:
    """The lock of a new work folder, which is not there yet: a folder without one is nobody's."""
    from filelock import FileLock

    while True:
        private_folder(parent)
        name = f"{secrets.token_hex(4)}{_ALIVE}"
        lock = FileLock(parent / name, mode=OWNER_ONLY_FILE)
        lock.acquire()
        if Path(lock.lock_file).exists():  # it was not swept before it was held
            return lock
        lock.release()


def _end(lock: FileLock) -> None:
    """Remove the work folder of a lock that is held, and the lock."""
    path = Path(lock.lock_file)
    shutil.rmtree(path.with_suffix(""), ignore_errors=True)
    with suppress(OSError):  # Windows keeps what is open
        path.unlink()
    lock.release()
    with suppress(OSError):
        path.unlink()


def _sweep_work(parent: Path) -> None:
    """Remove what dead runs left."""
    from filelock import FileLock

    for name in {path.name.removesuffix(_ALIVE) for path in parent.glob("*")}:
        lock = FileLock(parent / f"{name}{_ALIVE}", mode=OWNER_ONLY_FILE)
        with suppress(OSError):  # its run is alive: a time-out
            lock.acquire(blocking=False)
            with suppress(OSError):  # it had none
                _remove_sockets(Path((parent / name / _OUTSIDE).read_text("utf-8")))
            _end(lock)
    with suppress(OSError):
        parent.rmdir()


def _remove_sockets(folder: Path) -> None:
    with suppress(OSError):  # gone long since, or something else is in it
        for path in folder.iterdir():
            if path.is_socket():
                path.unlink()
        folder.rmdir()
