from django.db import migrations, models


def note_all(apps, schema_editor):
    apps.get_model("orders", "Order").objects.filter(note="").update(note="none")


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_customer_email")]
    operations = [
        migrations.AlterField("order", "total", models.BigIntegerField()),
        migrations.AddIndex("order", models.Index(fields=["placed_at"], name="order_placed_at")),
        migrations.RunPython(note_all, migrations.RunPython.noop),
    ]
