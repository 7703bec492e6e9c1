"""The read model of balances."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Create the table."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(default=1)),
                ("account_id", models.CharField(max_length=100)),
                ("owner", models.CharField(max_length=200)),
                ("amount", models.DecimalField(decimal_places=2, default=0, max_digits=20)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("version", "account_id"), name="bank_balance_account")],
            },
        ),
    ]
