"""The base of all pages here: they show, and nobody changes anything on them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from ..encoding import text_fault
from .keyset import KeysetChangeList
from .quoting import quoted, unquoted


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Shows; neither adds, changes nor deletes, whatever the permissions of the user.

    Lists are read by key in the order of ``ordering``; ``facts`` fills the page of one object, whose
    template is ``admin/eventstore/<model>/change_form.html``.
    """

    actions = None
    ordering: ClassVar[tuple[str, ...]]
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False  # a COUNT of the whole log for each page of a search
    show_facets = admin.ShowFacets.NEVER  # a COUNT for each choice of each filter

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["eventstore/admin.css"]}

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Refuse: events come from appends only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: stored events are facts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: stored events are facts."""
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Read pages by key."""
        return KeysetChangeList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Refuse all conditions but those of the filters: others would read the whole table."""
        return any(_reads(choice, lookup) for choice in self.list_filter)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show a page of the list."""
        refuse_writing(request)
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one object."""
        shown = self.shown_object(request, object_id)
        return self.page(request, "change_form.html", {**self.facts(request, shown), "original": shown})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Refuse: what can't be changed has no changes to show."""
        raise PermissionDenied

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the object with this key, or None; what can't be stored is no key of any."""
        return None if text_fault(object_id) else super().get_object(request, object_id, from_field)

    def facts(self, request: HttpRequest, shown: Any) -> dict[str, Any]:
        """Return what the template of one object needs beside ``original``."""
        return {"fields": [(field.verbose_name, getattr(shown, field.attname)) for field in self.opts.fields]}

    def shown_object(self, request: HttpRequest, object_id: str) -> Any:
        """Return the object of an address, for a user who may see it."""
        self.require_view(request)
        shown = self.get_object(request, unquoted(object_id))
        if shown is None:
            raise Http404(f"There is no such {self.opts.verbose_name}.")
        return shown

    def require_view(self, request: HttpRequest) -> None:
        """Raise PermissionDenied for who may not see this model, and for what is not a plain read."""
        refuse_writing(request)
        if not self.has_view_permission(request):
            raise PermissionDenied

    def page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        """Render ``admin/eventstore/<model>/<template>`` inside the admin, or the one for all models."""
        folder = f"admin/{self.opts.app_label}"
        # {% url "admin:..." %} leads to the site that the page belongs to, as in Django's own pages.
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            [f"{folder}/{self.opts.model_name}/{template}", f"{folder}/{template}"],
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                "heading": str(context.get("original", "")),
                "list_url": self.reverse("changelist"),
                **context,
            },
        )

    def address(self, key: object) -> str:
        """Return the address of the page of the object with this key."""
        return self.reverse("change", quoted(key))

    def reverse(self, page: str, *arguments: str, of: type[Model] | None = None) -> str:
        """Return the address of a page of this model, or of another one."""
        opts = of._meta if of else self.opts
        name = f"admin:{opts.app_label}_{opts.model_name}_{page}"
        return reverse(name, args=arguments, current_app=self.admin_site.name)


def _reads(choice: Any, lookup: str) -> bool:
    """Whether a filter of a list, a class or the name of a field, reads this parameter of the address."""
    if isinstance(choice, str):
        return lookup == choice or (lookup.startswith(f"{choice}__") and lookup.endswith(("__exact", "__isnull")))
    return lookup in getattr(choice, "names", (getattr(choice, "parameter_name", None),))


def refuse_writing(request: HttpRequest) -> None:
    """Raise PermissionDenied for what is not a plain read."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        raise PermissionDenied
