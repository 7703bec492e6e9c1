"""Pages of a table of any size: from a key on, without COUNT and without OFFSET."""

from __future__ import annotations

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


class KeysetChangeList(ChangeList):
    """A change list in the one order of its admin, read in pages by the key that orders it.

    The first field of ``ordering`` is the key; it must be unique and indexed. ``older`` and ``newer``
    mean further down and further up in that order.
    """

    model_admin: ReadOnlyAdmin
    newer_url = older_url = first_url = last_url = ""

    @property
    def newer_label(self) -> str:
        """What the way up the list is called."""
        return "Newer" if self._descending else "Previous"

    @property
    def older_label(self) -> str:
        """What the way down the list is called."""
        return "Older" if self._descending else "Next"

    def url_for_result(self, result: Model) -> str:
        """Return the address of a row's page."""
        return self.model_admin.address(result.pk)

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Model]:
        """Take the cursor out of the parameters first, so that a link to another filter begins anew."""
        self._cursor = {name: self.params.pop(name) for name in CURSORS if name in self.params}
        for name in CURSORS:
            self.filter_params.pop(name, None)
        events: QuerySet[Model] = super().get_queryset(request, *args, **kwargs)
        return events

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Model]) -> list[Any]:
        """Return the one order that has an index, whatever the address asks for."""
        return list(self.model_admin.ordering)

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, and one row more to know whether there are others."""
        rows, more = self._page()
        self.result_list = rows
        self.result_count = self.full_result_count = len(rows)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = False
        self.paginator = Paginator(rows, max(1, self.list_per_page))
        self._link(rows, more)

    def _page(self) -> tuple[list[Model], bool]:
        """Return the rows of this page in order, and whether more follow in the direction of reading."""
        rows = self.queryset
        upwards = AFTER in self._cursor or LAST in self._cursor
        if not self._cursor_is_valid():
            self._cursor, upwards = {}, False
        for name, down in ((BEFORE, True), (AFTER, False)):
            if name in self._cursor:
                rows = rows.filter(**{self._lookup(down): self._cursor[name]})
        if upwards:
            rows = rows.reverse()
        found = list(rows[: self.list_per_page + 1])
        page = found[: self.list_per_page]
        return page[::-1] if upwards else page, len(found) > self.list_per_page

    def _link(self, rows: list[Model], more: bool) -> None:
        upwards = AFTER in self._cursor or LAST in self._cursor
        has_newer = more if upwards else BEFORE in self._cursor
        has_older = AFTER in self._cursor if upwards else more
        if rows and has_newer:
            self.first_url = self.get_query_string()
            self.newer_url = self.get_query_string({AFTER: self._key(rows[0])})
        if rows and has_older:
            self.last_url = self.get_query_string({LAST: "1"})
            self.older_url = self.get_query_string({BEFORE: self._key(rows[-1])})
        if not rows and self._cursor:
            self.first_url = self.get_query_string()

    def _key(self, row: Model) -> Any:
        return getattr(row, self._field)

    @property
    def _field(self) -> str:
        return self.model_admin.ordering[0].lstrip("-")

    @property
    def _descending(self) -> bool:
        return self.model_admin.ordering[0].startswith("-")

    def _lookup(self, down: bool) -> str:
        return f"{self._field}__{'lt' if down is self._descending else 'gt'}"

    def _cursor_is_valid(self) -> bool:
        """Whether the key in the address could be one; another is taken for no key at all."""
        field: Field[Any, Any] = self.lookup_opts.get_field(self._field)  # type: ignore[assignment]  # no relation
        try:
            for name in (BEFORE, AFTER):
                if name in self._cursor:
                    field.run_validators(field.to_python(self._cursor[name]))
        except ValidationError:
            return False
        return not any(text_fault(text) for text in self._cursor.values())
