"""An environment for each contender, made once: packages from PyPI and npm at the versions that the table names."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent.parent / ".peers"


def install(name: str, requirements: Sequence[str], packages: Sequence[str]) -> Path:
    """Install Python requirements and npm packages under ``.peers/NAME``; do nothing if they are there.

    Raises:
        subprocess.CalledProcessError: pip or npm failed; what it wrote is in ``stderr``.
        FileNotFoundError: there is no npm.

    """
    directory = DIRECTORY / name
    wanted = "\n".join([*requirements, *packages])
    stamp = directory / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return directory
    directory.mkdir(parents=True, exist_ok=True)
    if requirements:
        venv.create(directory / "venv", with_pip=True, clear=True)
        _run([str(interpreter(directory)), "-m", "pip", "install", "-q", *requirements], directory)
    if packages:
        (directory / "package.json").write_text('{"private": true}\n')
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], directory)
    # Last: an installation that broke off is made again.
    stamp.write_text(wanted)
    return directory


def interpreter(directory: Path) -> Path:
    """Return the Python of an environment, or the one that runs if it has none."""
    python = directory / "venv" / "bin" / "python"
    return python if python.exists() else Path(sys.executable)


def _run(command: list[str], directory: Path) -> None:
    subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True)
