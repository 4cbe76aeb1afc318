"""``paperloop init``: a workspace that can print at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from pipeline import settings
from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.files import close_to_others, private_folder, write_atomic
from pipeline.i18n import _


@click.command
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@reporting
def init(reporter: Reporter, folder: Path | None) -> None:
    """Write what is not there yet; what is there stays as it is."""
    workspace = (folder or common.workspace()).resolve()
    if workspace.exists() and not workspace.is_dir():
        raise click.BadParameter(_("{path} is not a folder").format(path=workspace))
    made = copy_missing(settings.packaged_templates(), workspace / "templates")
    config = workspace / settings.FILE_NAME
    if not config.exists():
        write_atomic(config, settings.SAMPLE.read_bytes())
        made.append(config)
    office = settings.load(workspace)
    private_folder(office.issued)
    close_to_others(office.output)
    names = [path.relative_to(workspace).as_posix() for path in made]
    reporter.record({"workspace": workspace.as_posix(), "made": names})
    for name in names:
        reporter.say(_("made {name}").format(name=name))
    reporter.say(
        _("{folder} is ready: write your office into {file}, then run paperloop doctor").format(
            folder=workspace, file=settings.FILE_NAME
        )
    )


def copy_missing(source: Path, target: Path) -> list[Path]:
    """Copy the files that ``target`` lacks, keeping folders; the new files."""
    made = []
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            made.append(copy)
    return made
