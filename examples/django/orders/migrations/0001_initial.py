from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=50)),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey("orders.Customer", on_delete=models.PROTECT)),
                ("note", models.CharField(max_length=200)),
                ("total", models.IntegerField()),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
