"""The permission to join and part files of buildings; groups that may decide conflicts get it too."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Can join and part files of buildings"


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:  # noqa: ARG001 - Django's signature
    """Make the permission, which Django does only after all migrations, and give it."""
    kinds = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    kind, _new = kinds.get_or_create(app_label="staff", model="submissionindex")
    wanted, _new = permissions.get_or_create(
        content_type=kind, codename="file_buildings", defaults={"name": NAME}
    )
    deciding = permissions.filter(content_type__app_label="staff", codename="decide_conflict")
    for group in apps.get_model("auth", "Group").objects.filter(permissions__in=deciding):
        group.permissions.add(wanted)


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0004_reviewers_decide"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="submissionindex",
            options={
                "permissions": [
                    ("view_personal", "Can see names and numbers of persons"),
                    ("decide_conflict", "Can decide what was told differently in two places"),
                    ("file_buildings", NAME),
                ]
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
