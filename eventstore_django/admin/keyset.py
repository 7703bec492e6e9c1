"""Pages of a table of any size: from a key on, without COUNT and without OFFSET."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest

from ..encoding import text_fault

if TYPE_CHECKING:
    from .readonly import ReadOnlyAdmin

BEFORE = "_before"
AFTER = "_after"
LAST = "_last"
CURSORS = (BEFORE, AFTER, LAST)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that were read in one direction, in that direction; ``edge`` is the key to go on from, if there are more."""

    rows: list[Any]
    edge: Any = None


class KeysetChangeList(ChangeList):
    """A change list in the one order of its admin, read in pages by the key that orders it.

    The first field of ``ordering`` is the key; it must be unique and indexed. ``older`` and ``newer``
    mean further down and further up in that order.
    """

    model_admin: ReadOnlyAdmin
    newer_url = older_url = first_url = last_url = ""
    found_as = ""
    """What the search was taken for."""
    note = ""
    """What has to be said of the page."""

    @property
    def newer_label(self) -> str:
        """What the way up the list is called."""
        return "Newer" if self.descending else "Previous"

    @property
    def older_label(self) -> str:
        """What the way down the list is called."""
        return "Older" if self.descending else "Next"

    def url_for_result(self, result: Model) -> str:
        """Return the address of a row's page."""
        return self.model_admin.address(result.pk)

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Model]:
        """Take the cursor out of the parameters first, so that a link to another filter begins anew."""
        given = {name: self.params.pop(name) for name in CURSORS if name in self.params}
        for name in CURSORS:
            self.filter_params.pop(name, None)
        # What can't be a key is taken for none: the page is the first one.
        self.cursor = given if self._is_key(given) else {}
        rows: QuerySet[Model] = super().get_queryset(request, *args, **kwargs)
        return rows

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Model]) -> list[Any]:
        """Return the one order that has an index, whatever the address asks for."""
        return list(self.model_admin.ordering)

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, and one row more to know whether there are others."""
        page = self.read(self._from_cursor())
        self.result_list = page.rows[::-1] if self.upwards else page.rows
        self.result_count = self.full_result_count = len(page.rows)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = False
        self.paginator = Paginator(self.result_list, max(1, self.list_per_page))
        self._link(page)

    def read(self, rows: QuerySet[Any]) -> Page:
        """Read the first rows of these, which begin at the cursor and go in the direction of reading."""
        found = list(rows[: self.list_per_page + 1])
        shown = found[: self.list_per_page]
        return Page(shown, self.key_of(shown[-1]) if len(found) > len(shown) else None)

    @property
    def upwards(self) -> bool:
        """Whether this page is read from its lower end."""
        return AFTER in self.cursor or LAST in self.cursor

    @property
    def key(self) -> str:
        """The field that orders the list."""
        return self.model_admin.ordering[0].removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the list begins with the highest key."""
        return self.model_admin.ordering[0].startswith("-")

    def key_of(self, row: Model) -> Any:
        """Return the key of a row."""
        return getattr(row, self.key)

    def _from_cursor(self) -> QuerySet[Model]:
        rows: QuerySet[Any] = self.queryset.reverse() if self.upwards else self.queryset
        for name, down in ((BEFORE, True), (AFTER, False)):
            if name in self.cursor:
                lookup = "lt" if down is self.descending else "gt"
                rows = rows.filter(**{f"{self.key}__{lookup}": self.cursor[name]})
        return rows

    def _link(self, page: Page) -> None:
        rows = self.result_list
        if self.upwards:
            newer, older = page.edge, self.key_of(rows[-1]) if rows and AFTER in self.cursor else None
        else:
            newer, older = self.key_of(rows[0]) if rows and BEFORE in self.cursor else None, page.edge
        if newer is not None:
            self.newer_url = self.get_query_string({AFTER: newer})
        if older is not None:
            self.older_url, self.last_url = self.get_query_string({BEFORE: older}), self.get_query_string({LAST: "1"})
        if newer is not None or (self.cursor and not rows):
            self.first_url = self.get_query_string()

    def _is_key(self, cursor: dict[str, str]) -> bool:
        field: Field[Any, Any] = self.lookup_opts.get_field(self.key)  # type: ignore[assignment]  # no relation
        keys = [cursor[name] for name in (BEFORE, AFTER) if name in cursor]
        try:
            for text in keys:
                field.run_validators(field.to_python(text))
        except ValidationError:
            return False
        return not any(map(text_fault, keys))
