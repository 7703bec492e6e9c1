"""What operators do from the admin: a page that asks first, its own permission, a line in the admin's log."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.text import capfirst

from ..backends import backend_for
from ..exceptions import EventStoreError, SubscriptionError
from ..store import EventStore
from .quoting import unquoted
from .readonly import ReadOnlyAdmin

ENTRIES = 20
"""Lines of the admin's log that the page of an object shows."""


class Action(ABC):
    """One thing that can be done to an object.

    ``slug`` stands in its address, ``label`` on its button; ``permission`` is the codename of what a
    user must be allowed to. ``removes`` marks what can't be taken back.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    permission: ClassVar[str]
    removes: ClassVar[bool] = False
    form_class: ClassVar[type[Form]] = Form

    def __init__(self, alias: str, row: Any) -> None:
        self.alias = alias
        self.row = row

    @property
    def is_possible(self) -> bool:
        """Whether the object is in a state in which this has an effect."""
        return True

    @property
    def button(self) -> str:
        """What stands on the button that does it; nothing where there is nothing to be done from here."""
        return self.label

    def form(self, data: Any = None) -> Form:
        """Return what is asked before it is done."""
        return self.form_class(data)

    @abstractmethod
    def consequences(self) -> Iterable[str]:
        """Say what it does, before it is done."""

    @abstractmethod
    def perform(self, given: dict[str, Any], actor: str) -> str:
        """Do it with what the form was given; return what to tell. Raise EventStoreError if it can't be done."""

    def context(self) -> dict[str, Any]:
        """Return what its page shows beside."""
        return {}


class ActingAdmin(ReadOnlyAdmin):
    """Shows objects, and does to them what its ``operations`` are. Reading an address never changes anything."""

    operations: ClassVar[tuple[type[Action], ...]] = ()

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["eventstore/operations.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read where events live: an operation takes effect there and nowhere else."""
        return super().get_queryset(request).using(EventStore().using)

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each operation."""
        return [self._address_of(operation) for operation in self.operations] + super().get_urls()

    def _address_of(self, operation: type[Action]) -> URLPattern:
        view = self.admin_site.admin_view(partial(self.operation_view, operation=operation))
        name = f"{self.opts.app_label}_{self.opts.model_name}_{operation.slug}"
        return path(f"<path:object_id>/{operation.slug}/", view, name=name)

    def permitted(self, request: HttpRequest, operation: type[Action]) -> bool:
        """Whether the user may do it."""
        return request.user.has_perm(f"{self.opts.app_label}.{operation.permission}")

    def offered(self, request: HttpRequest, row: Any) -> list[tuple[Action, str]]:
        """Return the actions that the user may do and that have an effect, with their addresses."""
        permitted = [operation for operation in self.operations if self.permitted(request, operation)]
        actions = [operation(EventStore().using, row) for operation in permitted]
        return [(action, self.address_of(action, row)) for action in actions if action.is_possible]

    def address_of(self, action: Action, row: Any) -> str:
        """Return the address of the page that asks."""
        return self.address(row.pk).removesuffix("change/") + f"{action.slug}/"

    def log_of(self, row: Any) -> Iterable[LogEntry]:
        """Return the last lines of the admin's log about an object, the newest first."""
        kind = ContentType.objects.get_for_model(self.model)
        entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).select_related("user")
        return list(entries.order_by("-action_time", "-pk")[:ENTRIES])

    def operation_view(self, request: HttpRequest, object_id: str, operation: type[Action]) -> HttpResponse:
        """Ask (GET), then do it (POST)."""
        if request.method not in ("GET", "HEAD", "POST"):
            raise PermissionDenied
        if not self.has_view_permission(request) or not self.permitted(request, operation):
            raise PermissionDenied
        row = self.get_object(request, unquoted(object_id))
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name}.")
        action = operation(EventStore().using, row)
        form = action.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._perform(request, action, form.cleaned_data)
            return HttpResponseRedirect(self.address(row.pk))
        return self._ask(request, action, form)

    def _ask(self, request: HttpRequest, action: Action, form: Form) -> HttpResponse:
        context = {
            "original": action.row,
            "action": action,
            "form": form,
            "consequences": list(action.consequences()),
            "object_url": self.address(action.row.pk),
            "question": f"{capfirst(action.label)}: {self.opts.verbose_name}",
            **action.context(),
        }
        return self.page(request, "confirm.html", context)

    def _perform(self, request: HttpRequest, action: Action, given: dict[str, Any]) -> None:
        try:
            with backend_for(action.alias).translated(), transaction.atomic(using=action.alias):
                if not action.is_possible:
                    raise SubscriptionError("It is not in a state any more in which this has an effect.")
                told = action.perform(given, request.user.get_username())
                # Last: if it can't be logged it is not done.
                self.log_change(request, action.row, f"{action.label}: {told}")
        except EventStoreError as error:
            messages.error(request, f"{action.label}: nothing was changed. {capfirst(str(error))}")
        else:
            messages.success(request, told)
