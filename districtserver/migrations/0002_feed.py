"""Numbers of changes in the order of commits, streets of laptops, rows that left a street."""

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def number_what_is_there(apps: StateApps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Rows and submissions of before stand in the feed too, in the order they came in."""
    entity, submission = (apps.get_model("districtserver", name) for name in ("Entity", "Submission"))
    last = 0
    for row in entity.objects.order_by("list", "id").iterator():
        last += 1
        entity.objects.filter(list=row.list, id=row.id).update(change_no=last)
    for row in submission.objects.order_by("received_at").iterator():
        last += 1
        submission.objects.filter(pk=row.pk).update(change_no=last)
    apps.get_model("districtserver", "Feed").objects.create(name="register", last=last)


class Migration(migrations.Migration):
    dependencies = [
        ("districtserver", "0001_spine"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="entity",
            name="change_no",
            field=models.BigIntegerField(db_index=True, default=0),
        ),
        migrations.AddField(
            model_name="entityversion",
            name="deleted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="entityversion",
            name="who",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="submission",
            name="change_no",
            field=models.BigIntegerField(db_index=True, default=0),
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list", models.CharField(max_length=100)),
                ("entity_id", models.CharField(max_length=100)),
                ("street", models.CharField(max_length=100)),
                ("change_no", models.BigIntegerField(db_index=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("list", "entity_id", "street"), name="departure_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceStreet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("street", models.CharField(max_length=100)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="streets",
                        to="districtserver.device",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("device", "street"), name="device_street_once")
                ],
            },
        ),
        migrations.RunPython(number_what_is_there, migrations.RunPython.noop),
    ]
