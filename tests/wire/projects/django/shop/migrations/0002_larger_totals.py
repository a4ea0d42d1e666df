from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def name_all(apps, schema_editor):
    apps.get_model("shop", "Order").objects.filter(name="").update(name="unnamed")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AlterField("order", "total", models.BigIntegerField()),
        AddIndexConcurrently("order", models.Index(fields=["name"], name="order_name")),
        migrations.RunPython(name_all, migrations.RunPython.noop),
    ]
