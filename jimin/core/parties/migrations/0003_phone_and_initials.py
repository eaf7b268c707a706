"""A phone is found by its token, a name by its initials too."""

from django.db import connection, migrations, models

from jimin.core.parties.names import pieces

CHUNK = 2000


def cut_names_again(apps, schema_editor):
    """The pieces of every name that is searched for, with the initials."""
    with connection.cursor() as cursor:
        # The owner, too, stands before the wall; the setting ends with the migration's transaction.
        cursor.execute("SELECT set_config('jimin.scope_level', 'province', true)")
        cursor.execute(
            "SELECT person_id, name FROM parties_personname JOIN parties_person ON party_id = person_id ORDER BY 1"
        )
        rows = cursor.fetchall()
        for start in range(0, len(rows), CHUNK):
            cursor.executemany(
                "UPDATE parties_personname SET pieces = %s WHERE person_id = %s",
                [(pieces(name), pk) for pk, name in rows[start : start + CHUNK]],
            )
        cursor.execute("SELECT set_config('jimin.scope_level', '', true)")


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_held_numbers")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("phone_token", ""), _negated=True), fields=["phone_token"], name="person_phone"
            ),
        ),
        migrations.RunPython(cut_names_again, migrations.RunPython.noop),
    ]
