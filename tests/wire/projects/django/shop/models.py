from django.db import models


class Order(models.Model):
    name = models.CharField(max_length=50)
    total = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["name"], name="order_name")]
