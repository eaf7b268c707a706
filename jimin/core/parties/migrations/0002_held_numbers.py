"""Everybody who has an id number holds it under the key of their own token."""

from django.db import migrations

FILL = """
    INSERT INTO secrets_heldnumber (token, place, record)
    SELECT id_number_token, 'parties_person.id_number', party_id::text FROM parties_person WHERE id_number_token <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("secrets", "0001_keys")]

    operations = [
        migrations.RunSQL(
            [
                # The owner, too, stands before the wall; the setting ends with the migration's transaction.
                "SELECT set_config('jimin.scope_level', 'province', true)",
                FILL,
                "SELECT set_config('jimin.scope_level', '', true)",
            ],
            "DELETE FROM secrets_heldnumber WHERE place = 'parties_person.id_number'",
        ),
    ]
