"""What a test does with the site in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = Path(__file__).parent.parent.parent / "docs/images"
PHONE = {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")


@dataclass(frozen=True)
class Site:
    """A page of the admin, logged in, and where the site is."""

    page: Page
    url: str
    takes_pictures: bool = False

    def open(self, path: str) -> Page:
        """Go to an address of the site, such as ``/admin/eventstore/event/``."""
        self.page.goto(self.url + path)
        return self.page

    def theme(self, name: str) -> None:
        """Show pages from now on as a system with this colour scheme would: light or dark."""
        self.page.emulate_media(color_scheme="dark" if name == "dark" else "light")

    def phone(self) -> None:
        """Make the window as narrow as a phone."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of these two

    def fold_menu(self) -> None:
        """Fold the admin's own list of models, as a user may have done before."""
        self.page.add_init_script('localStorage.setItem("django.admin.navSidebarIsOpen", "false")')

    def picture(self, name: str, height: int | None = None) -> None:
        """Write ``docs/images/<name>.png``, if pictures are wanted (``--pictures``)."""
        if self.takes_pictures:
            width = self.page.viewport_size["width"] if self.page.viewport_size else PHONE["width"]
            clip: Any = {"x": 0, "y": 0, "width": width, "height": height} if height else None
            PICTURES.mkdir(exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True, clip=clip)

    def accessibility_faults(self) -> list[str]:
        """Return what axe-core finds on the page that keeps people out, each with the element."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
            for violation in found
            if violation["impact"] in SERIOUS
            for node in violation["nodes"]
        ]

    def is_wider_than_the_window(self) -> bool:
        """Whether the whole page has to be scrolled sideways."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide
