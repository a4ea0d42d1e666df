from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0003_larger_totals")]
    operations = [
        AddIndexConcurrently("order", models.Index(fields=["note"], name="order_note")),
    ]
