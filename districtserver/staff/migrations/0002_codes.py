"""Enrolment codes as the administration shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("districtserver", "0001_spine"),
        ("staff", "0001_spine"),
    ]

    operations = [
        migrations.CreateModel(
            name="LaptopCode",
            fields=[],
            options={
                "verbose_name": "enrolment code",
                "verbose_name_plural": "enrolment codes",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("districtserver.enrolmentcode",),
        ),
    ]
