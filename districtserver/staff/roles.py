"""Roles of staff (岗位) as groups of permissions, and the first users."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.password_validation import validate_password
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from districtserver import audit
from districtserver.writing import writing

_READ = ("districtserver.view_submission", "districtserver.view_attachment", "districtserver.view_entity")
#: What each role may, by ``application.permission``; ``admin`` may everything and manages the others.
ROLES = {
    "reader": _READ,
    "reviewer": (
        *_READ,
        "staff.view_personal",
        "staff.add_release",
        "staff.decide_conflict",
        "staff.file_buildings",
    ),
    "admin": (),
}
#: What their groups are called, in the district's language.
TITLES = {
    "reader": gettext_noop("Reader"),
    "reviewer": gettext_noop("Reviewer"),
}


class NameTakenError(Exception):
    """There is a user of that name."""


def add_user(name: str, password: str, role: str, full_name: str = "") -> User:
    """A new user of ``role``; audited. NameTakenError; Django's ValidationError for a weak password."""
    user = User(username=name, first_name=full_name, is_staff=role == "admin", is_superuser=role == "admin")
    user.full_clean(exclude=["password"], validate_unique=False)
    validate_password(password, user)
    user.set_password(password)
    with writing():
        if User.objects.filter(username=name).exists():
            raise NameTakenError(name)
        user.save()
        if ROLES[role]:
            user.groups.add(_group(role))
        audit.append("staff_added", None, {"user": user.pk, "role": role})
    return user


def _group(role: str) -> Group:
    """The role's group with its permissions as this version of the program gives them."""
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext(TITLES[role])
    group, _ = Group.objects.get_or_create(name=title)
    wanted = []
    for name in ROLES[role]:
        application, codename = name.split(".")
        wanted.append(Permission.objects.get(content_type__app_label=application, codename=codename))
    group.permissions.set(wanted)
    return group
