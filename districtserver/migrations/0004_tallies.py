"""Marks of rows, and count and joined marks of every list and street."""

from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from fieldapp.domain.marks import PlainJson, plain_json, row_mark


def count_what_is_there(apps: StateApps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Mark the rows of before, write their properties as the feed sends them, and count them."""
    entity, tally = (apps.get_model("districtserver", name) for name in ("Entity", "Tally"))
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in entity.objects.order_by("list", "id").iterator(chunk_size=2_000):
        mark = row_mark(row.list, row.id, row.version, row.label, plain_json(row.data))
        entity.objects.filter(list=row.list, id=row.id).update(mark=mark, data=row.data)
        if not row.deleted:
            count, joined = sums.get((row.list, row.street), (0, 0))
            sums[row.list, row.street] = count + 1, joined ^ mark
    tally.objects.bulk_create(
        tally(list=name, street=street, count=count, mark=mark)
        for (name, street), (count, mark) in sums.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("districtserver", "0002_feed"),
    ]

    operations = [
        migrations.AddField(
            model_name="entity",
            name="mark",
            field=models.BigIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list", models.CharField(max_length=100)),
                ("street", models.CharField(blank=True, max_length=100)),
                ("count", models.BigIntegerField(default=0)),
                ("mark", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("list", "street"), name="tally_once")],
            },
        ),
        # The column is as it was: only how Python writes into it is another.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="entity",
                    name="data",
                    field=models.JSONField(encoder=PlainJson),
                ),
            ]
        ),
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop),
    ]
