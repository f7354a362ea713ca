"""Effects are found by the row they are of: those that wait for it, and what a laptop did to it before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districtserver", "0004_tallies"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="effect",
            index=models.Index(fields=["entity_id", "list"], name="effect_of_row"),
        ),
    ]
