"""The administration (用户与设备): Django's users and roles, laptops, published forms, the audit log.

What is evidence can be looked at and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from districtserver import devices
from districtserver.assignment_form import AssignmentForm
from districtserver.staff.models import AuditRow, Laptop, LaptopCode, PublishedForm

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Model]
else:
    _Admin = admin.ModelAdmin  # Django's own class takes no parameter at run time

admin.site.site_header = admin.site.site_title = _("District administration")
admin.site.index_title = _("Users, laptops, forms")
admin.site.site_url = "/staff/"


class ReadOnly(_Admin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Never."""
        return False


@admin.register(Laptop)
class LaptopAdmin(ReadOnly):
    """Laptops; what can be done is to say what one carries, and to shut one out."""

    form = AssignmentForm
    list_display = ("title", "enrolled", "seen", "program", "welcome")
    readonly_fields = list_display
    search_fields = ("name",)
    ordering = ("name",)
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Who may say what laptops carry."""
        return request.user.has_perm("districtserver.change_device")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """What it carries, for those who may change it."""
        carried = tuple(AssignmentForm.declared_fields)
        return self.list_display + (carried if self.has_change_permission(request, obj) else ())

    def save_model(self, request: HttpRequest, obj: Model, form: object, change: bool) -> None:  # noqa: ARG002
        """Nothing but what it carries is changed here; audited."""
        assert isinstance(form, AssignmentForm)
        form.assign()

    @admin.display(description=_("name"), ordering="name")
    def title(self, row: Laptop) -> str:
        """What it is called."""
        return row.name

    @admin.display(description=_("enrolled at"), ordering="enrolled_at")
    def enrolled(self, row: Laptop) -> object:
        """When it was enrolled."""
        return row.enrolled_at

    @admin.display(description=_("last seen"), ordering="last_seen_at")
    def seen(self, row: Laptop) -> object:
        """When it was last heard of."""
        return row.last_seen_at

    @admin.display(description=_("program"))
    def program(self, row: Laptop) -> str:
        """The version it runs."""
        return row.client

    @admin.display(description=_("may send"), boolean=True)
    def welcome(self, row: Laptop) -> bool:
        """Whether it is still welcome."""
        return row.revoked_at is None

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Who may shut laptops out."""
        return request.user.has_perm("districtserver.change_device")

    @admin.action(description=_("Refuse the chosen laptops from now on"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Laptop]) -> None:
        """Audited, one by one."""
        for laptop in chosen.filter(revoked_at=None):
            devices.revoke(laptop)
        self.message_user(request, _("The chosen laptops are refused from now on."))


@admin.register(LaptopCode)
class CodeAdmin(ReadOnly):
    """One-time enrolment codes: who has the permission makes one, and it is shown once, on the next page."""

    list_display = ("title", "made", "ends", "used")
    fields = ("name",)
    search_fields = ("name",)
    ordering = ("-created_at",)
    list_display_links = None  # there is nothing more to see of one

    @admin.display(description=_("name"), ordering="name")
    def title(self, row: LaptopCode) -> str:
        """What it was made for."""
        return row.name

    @admin.display(description=_("made at"), ordering="created_at")
    def made(self, row: LaptopCode) -> object:
        """When it was made."""
        return row.created_at

    @admin.display(description=_("valid until"), ordering="expires_at")
    def ends(self, row: LaptopCode) -> object:
        """Until when it can be used."""
        return row.expires_at

    @admin.display(description=_("used by"))
    def used(self, row: LaptopCode) -> str:
        """The laptop that was enrolled with it."""
        return row.device.name if row.device else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may let laptops in."""
        return request.user.has_perm("staff.add_laptopcode")

    def save_model(self, request: HttpRequest, obj: Model, form: object, change: bool) -> None:  # noqa: ARG002
        """Make the code; it is audited, and only its hash is kept."""
        assert isinstance(obj, LaptopCode)
        code, row = devices.new_code(obj.name)
        obj.code_sha256, obj.created_at, obj.expires_at = row.code_sha256, row.created_at, row.expires_at
        told = _("Enrolment code of {name}: {code}. It is shown only this once; write it down now.")
        messages.warning(request, told.format(name=row.name, code=code))


@admin.register(PublishedForm)
class FormAdmin(ReadOnly):
    """Published forms."""

    list_display = ("name", "number", "published")
    fields = list_display
    ordering = ("form_id", "published_at")

    @admin.display(description=_("form"), ordering="form_id")
    def name(self, row: PublishedForm) -> str:
        """Title and id."""
        return f"{row.title} ({row.form_id})"

    @admin.display(description=_("version"))
    def number(self, row: PublishedForm) -> str:
        """Its version."""
        return row.version

    @admin.display(description=_("published at"), ordering="published_at")
    def published(self, row: PublishedForm) -> object:
        """When."""
        return row.published_at


@admin.register(AuditRow)
class AuditAdmin(ReadOnly):
    """The audit log, newest first."""

    list_display = ("number", "moment", "what", "laptop", "told")
    fields = list_display
    ordering = ("-seq",)

    @admin.display(description=_("number"), ordering="seq")
    def number(self, row: AuditRow) -> int:
        """Its place in the chain."""
        return row.seq

    @admin.display(description=_("moment"), ordering="at")
    def moment(self, row: AuditRow) -> object:
        """When."""
        return row.at

    @admin.display(description=_("event"))
    def what(self, row: AuditRow) -> str:
        """The event's code."""
        return row.event

    @admin.display(description=_("laptop"))
    def laptop(self, row: AuditRow) -> str:
        """Which laptop it concerns."""
        return row.device.name if row.device else ""

    @admin.display(description=_("detail"))
    def told(self, row: AuditRow) -> str:
        """Ids and codes."""
        return ", ".join(f"{key}={value}" for key, value in row.detail.items())
