"""The permission to decide conflicts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_codes")]

    operations = [
        migrations.AlterModelOptions(
            name="submissionindex",
            options={
                "permissions": [
                    ("view_personal", "Can see names and numbers of persons"),
                    ("decide_conflict", "Can decide what was told differently in two places"),
                ]
            },
        ),
    ]
