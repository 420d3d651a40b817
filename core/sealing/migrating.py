"""Operations of a migration that turns clear texts of a table into sealed ones. Used by migrations alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation

from core.sealing.cipher import blind, joined, seal
from core.sealing.fields import BlindIndexField, SealedTextField

BATCH = 2000


def seal_texts(
    app: str,
    model: str,
    texts: Mapping[str, str],
    *,
    row: Sequence[str],
    indexes: Mapping[str, Sequence[str]] | None = None,
) -> list[Operation]:
    """``texts`` maps columns to their verbose names; ``row`` names what ``sealed_to()`` joins with a slash.

    There is no way back. Clear texts stay in dead rows until the table is vacuumed, and in older backups.
    """
    blinds = dict(indexes or {})
    return [
        *(migrations.RenameField(model, name, f"clear_{name}") for name in texts),
        *(
            migrations.AddField(model, name, SealedTextField(words, default=b""), preserve_default=False)
            for name, words in texts.items()
        ),
        *(migrations.AddField(model, index, BlindIndexField(of=of)) for index, of in blinds.items()),
        migrations.RunPython(_sealer(app, model, list(texts), list(row), blinds)),
        *(migrations.RemoveField(model, f"clear_{name}") for name in texts),
    ]


def _sealer(
    app: str, model: str, names: list[str], row: list[str], blinds: dict[str, Sequence[str]]
) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        # By hand: historical models have no ``sealed_to``.
        columns = ", ".join(f'"{name}" = %s' for name in (*names, *blinds))
        table = apps.get_model(app, model)._meta.db_table
        update = f'UPDATE "{table}" SET {columns} WHERE id = %s'  # noqa: S608 - names of our own tables and columns
        rows = apps.get_model(app, model).objects.values_list(
            "id", *row, *(f"clear_{name}" for name in names)
        )
        last = 0
        while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = batch[-1][0]
            with schema_editor.connection.cursor() as cursor:
                cursor.executemany(
                    update, [_sealed(f"{app}.{model}", one, names, len(row), blinds) for one in batch]
                )

    return run


def _sealed(
    label: str, one: Sequence[Any], names: list[str], width: int, blinds: dict[str, Sequence[str]]
) -> list[Any]:
    place = "/".join(str(part) for part in one[1 : 1 + width])
    texts = dict(zip(names, one[1 + width :], strict=True))
    found: list[Any] = [seal(text, f"{label}.{name}:{place}") for name, text in texts.items()]
    found += [blind(joined([texts[name] for name in of]), f"{label}.{index}") for index, of in blinds.items()]
    return [*found, one[0]]
