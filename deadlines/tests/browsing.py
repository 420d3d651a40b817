"""What a browser sends of a page: every box as it stands there, lines ended by CR LF as HTML has it."""

from typing import Any

from lxml import html


def as_it_stands(page: Any) -> dict[str, list[str]]:
    """The fields of the page's own form (the one with a reason or a table to send); buttons and files left out."""
    root = html.fromstring(page.content.decode())
    (form,) = (one for one in root.iter("form") if one.get("data-submit-once") is not None)
    sent: dict[str, list[str]] = {}
    for box in form.iter("input", "select", "textarea"):
        if box.get("name") and box.get("disabled") is None:
            values = sent.setdefault(box.get("name"), [])
            values += [value.replace("\r\n", "\n").replace("\n", "\r\n") for value in _values(box)]
    return {name: values for name, values in sent.items() if values}


def _values(box: Any) -> list[str]:
    if box.tag == "textarea":
        # The line break behind the tag is none of the text.
        return [(box.text or "").replace("\r\n", "\n").removeprefix("\n")]
    if box.tag == "select":
        options = list(box.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None]
        if not chosen and box.get("multiple") is None:
            chosen = options[:1]
        return [one.get("value", "") for one in chosen]
    kind = box.get("type", "text")
    if kind in ("submit", "file") or (kind in ("checkbox", "radio") and box.get("checked") is None):
        return []
    return [box.get("value", "on" if kind in ("checkbox", "radio") else "")]
