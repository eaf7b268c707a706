"""Migrations go forward and keep what is there: what takes something away has to be declared, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

# "app.migration": why it may take away what it takes away, and where the data went.
DECLARED: dict[str, str] = {}
# At the start of a statement: a trigger may well be BEFORE TRUNCATE.
DESTROYS = re.compile(r"(?:^|;)\s*(?:DROP TABLE|TRUNCATE|DELETE FROM)|\bDROP COLUMN", re.IGNORECASE)


def own(app: str) -> bool:
    return (
        apps.get_app_config(app).name.startswith("jimin.")
        if app in {c.label for c in apps.get_app_configs()}
        else False
    )


def narrowed(old: models.Field, new: models.Field) -> str | None:
    """Why a value that the old field could hold might not fit into the new one."""
    if old.null and not new.null:
        return "may no longer be empty"
    if old.get_internal_type() != new.get_internal_type():
        return f"{old.get_internal_type()} becomes {new.get_internal_type()}"
    if old.max_length and (new.max_length or 0) < old.max_length:
        return f"length {old.max_length} becomes {new.max_length}"
    for name in ("max_digits", "decimal_places"):
        if getattr(old, name, None) is not None and getattr(new, name) < getattr(old, name):
            return f"{name} becomes smaller"
    if new.unique and not old.unique:
        return "becomes unique"
    return None


def taken_away(app: str, operation: migrations.operations.base.Operation, state: ProjectState) -> Iterator[str]:
    if isinstance(operation, migrations.DeleteModel):
        yield f"{operation.name} goes"
    elif isinstance(operation, migrations.RemoveField):
        yield f"{operation.model_name}.{operation.name} goes"
    elif isinstance(operation, migrations.RenameModel | migrations.RenameField | migrations.AlterModelTable):
        yield f"{operation.describe()}: a process of the release before would no longer find it"
    elif isinstance(operation, migrations.AlterField):
        old = state.models[app, operation.model_name_lower].fields[operation.name]
        if why := narrowed(old, operation.field):
            yield f"{operation.model_name}.{operation.name} {why}"
    elif isinstance(operation, migrations.RunSQL):
        statements = operation.sql if isinstance(operation.sql, list | tuple) else [operation.sql]
        yield from (f"in SQL: {found[0]}" for text in statements for found in DESTROYS.finditer(str(text)))
    elif isinstance(operation, migrations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from taken_away(app, inner, state)


def findings() -> dict[str, list[str]]:
    loader = MigrationLoader(None)
    state, found = ProjectState(), {}
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[app, name]
        for operation in migration.operations:
            if own(app) and (said := list(taken_away(app, operation, state))):
                found.setdefault(f"{app}.{name}", []).extend(said)
            operation.state_forwards(app, state)
    return found


def test_what_a_migration_takes_away_is_declared_with_a_reason():
    assert {name: said for name, said in findings().items() if not DECLARED.get(name)} == {}


def test_a_declaration_without_a_finding_is_dropped():
    assert set(DECLARED) <= set(findings())


def test_the_check_sees_each_way_of_losing_something():
    state = ProjectState()
    migrations.CreateModel(
        "Thing",
        [("id", models.BigAutoField(primary_key=True)), ("word", models.CharField(max_length=20, null=True))],
    ).state_forwards("files", state)
    ways = [
        migrations.DeleteModel("Thing"),
        migrations.RemoveField("thing", "word"),
        migrations.RenameField("thing", "word", "words"),
        migrations.RenameModel("Thing", "Matter"),
        migrations.AlterField("thing", "word", models.CharField(max_length=20)),
        migrations.AlterField("thing", "word", models.CharField(max_length=10, null=True)),
        migrations.AlterField("thing", "word", models.IntegerField(null=True)),
        migrations.AlterField("thing", "word", models.CharField(max_length=20, null=True, unique=True)),
        migrations.RunSQL("ALTER TABLE files_thing DROP COLUMN word"),
        migrations.SeparateDatabaseAndState([migrations.RunSQL("TRUNCATE files_thing")]),
    ]
    assert [way for way in ways if not list(taken_away("files", way, state))] == []
    harmless = [
        migrations.AddField("thing", "more", models.TextField(default="")),
        migrations.AlterField("thing", "word", models.CharField(max_length=40, null=True)),
        migrations.RunSQL("CREATE INDEX thing_word ON files_thing (word)"),
    ]
    assert [way for way in harmless if list(taken_away("files", way, state))] == []
