"""Laptops that carry communities and single buildings."""

import django.db.models.deletion
from django.db import migrations, models


def _id() -> models.BigAutoField:  # type: ignore[type-arg]  # a field of a migration has no values
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("districtserver", "0006_filings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", _id()),
                ("kind", models.CharField(max_length=10)),
                ("value", models.CharField(max_length=100)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="districtserver.device",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("device", "kind", "value"), name="assignment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="share",
                        serialize=False,
                        to="districtserver.device",
                    ),
                ),
                ("name", models.CharField(max_length=16)),
                ("upto", models.BigIntegerField(default=-1)),
            ],
        ),
        migrations.CreateModel(
            name="Carried",
            fields=[
                ("id", _id()),
                ("list", models.CharField(max_length=100)),
                ("entity_id", models.CharField(max_length=100)),
                ("present", models.BooleanField()),
                ("change_no", models.BigIntegerField()),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried",
                        to="districtserver.device",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("device", "list", "entity_id"), name="carried_once")
                ],
            },
        ),
    ]
