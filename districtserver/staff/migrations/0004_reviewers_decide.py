"""Who may release held submissions may decide conflicts: groups made before there were any get it too."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:  # noqa: ARG001 - Django's signature
    """Give the permission to every group that lacks it. Django makes permissions only after all migrations,
    hence it is made here if it is not there yet."""
    kinds = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    kind, _new = kinds.get_or_create(app_label="staff", model="submissionindex")
    wanted, _new = permissions.get_or_create(
        content_type=kind,
        codename="decide_conflict",
        defaults={"name": "Can decide what was told differently in two places"},
    )
    releasing = permissions.filter(content_type__app_label="staff", codename="add_release")
    for group in apps.get_model("auth", "Group").objects.filter(permissions__in=releasing):
        group.permissions.add(wanted)


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0003_deciding"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
