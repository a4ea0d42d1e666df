from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=50)
    email = models.EmailField(unique=True)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    note = models.CharField(max_length=200)
    total = models.BigIntegerField()
    placed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["placed_at"], name="order_placed_at"),
            models.Index(fields=["note"], name="order_note"),
        ]
