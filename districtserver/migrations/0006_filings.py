"""Files of buildings joined and parted: what was done, what went with it, and which ids lead on."""

import uuid

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def under_what_they_told(apps: StateApps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Visits of before stand in the file of the building that they told."""
    apps.get_model("districtserver", "Visit").objects.update(filed_under=models.F("building_id"))


def _id() -> models.BigAutoField:  # type: ignore[type-arg]  # a field of a migration has no values
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("districtserver", "0005_effects_of_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="effect",
            name="landed",
            field=models.CharField(blank=True, db_index=True, default="", max_length=100),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="visit",
            name="filed_under",
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10)),
                ("building", models.CharField(db_index=True, max_length=100)),
                ("other", models.CharField(db_index=True, max_length=100)),
                ("leads", models.CharField(blank=True, max_length=100)),
                ("mark", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=200)),
                ("undone_reason", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("leads", ""), _negated=True),
                        fields=("leads",),
                        name="filing_leads_once",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="FiledVisit",
            fields=[
                ("id", _id()),
                ("before", models.UUIDField()),
                ("after", models.UUIDField()),
                ("undoing", models.BooleanField(default=False)),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="districtserver.visit",
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="districtserver.filing",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FiledRow",
            fields=[
                ("id", _id()),
                ("list", models.CharField(max_length=100)),
                ("entity_id", models.CharField(max_length=100)),
                ("before", models.IntegerField()),
                ("after", models.IntegerField()),
                ("undoing", models.BooleanField(default=False)),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="districtserver.filing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undoing", False)),
                        fields=("filing", "list", "entity_id"),
                        name="filed_row_once",
                    )
                ],
                "indexes": [models.Index(fields=["entity_id", "list"], name="filed_row_of")],
            },
        ),
        migrations.RunPython(under_what_they_told, migrations.RunPython.noop),
    ]
