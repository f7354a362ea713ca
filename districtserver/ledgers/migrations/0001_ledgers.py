"""Ledgers of the offices, their rows, and mappings of headings."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("districtserver", "0001_spine"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerTemplate",
            fields=[
                ("fingerprint", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("columns", models.JSONField()),
                ("kept_at", models.DateTimeField()),
                ("who", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Ledger",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("mapping", models.JSONField()),
                ("taken_at", models.DateTimeField()),
                ("who", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=10)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="districtserver.blob",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sheet", models.CharField(max_length=255)),
                ("row", models.IntegerField()),
                ("cells", models.JSONField()),
                ("remarks", models.JSONField()),
                ("state", models.CharField(max_length=10)),
                ("house", models.CharField(blank=True, db_index=True, max_length=100)),
                ("values", models.JSONField()),
                ("candidates", models.JSONField()),
                ("version", models.IntegerField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "ledger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="ledgers.ledger"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "id"], name="ledger_row_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("ledger", "sheet", "row"), name="ledger_row_once")
                ],
            },
        ),
    ]
