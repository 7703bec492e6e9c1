"""What the documentation says is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eventstore_django import conf

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_settings_table_lists_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    told = {name: default.strip('"') for name, default in rows}
    assert told == {name: str(setting.default) for name, setting in conf.SETTINGS.items()}


def test_the_checks_table_lists_every_check() -> None:
    told = set(re.findall(r"^\| `(eventstore\.[EW]\d+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    files = (ROOT / "eventstore_django/checks").glob("*.py")
    assert told == {found for file in files for found in re.findall(r'id="(eventstore\.[EW]\d+)"', file.read_text())}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    commands = re.findall(r"^python3 -m venv .*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    run = (ROOT / ".ci/run").read_text()
    assert len(commands) == 2
    for command in commands:
        assert command in run


@pytest.mark.django_db
def test_the_first_example_of_the_readme_does_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
    exec(compile(code, "README.md", "exec"), {})  # the page's own example
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "stream 'Account-1' is at 2, expected 1."
    assert [line.split()[2] for line in printed[1:]] == ["AccountOpened", "MoneyDeposited"]
