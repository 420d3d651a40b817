"""Fills cells of somebody else's XLSX by their defined names, and leaves the rest of it as it is.

The file is hostile until shown otherwise. What is packed how and macros are judged by ``core.uploads``; here all that
reaches out of the file is refused: links, objects, connections, DDE, XML entities. Only sheets with a named cell or a
formula are written anew; every other part is copied as it came.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from core.errors import Refusal
from core.sheet_cells import Sheet, Value

#: Bytes of all parts together: a form is tables and borders.
MOST_UNPACKED = 10 * 1024 * 1024
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
#: Parts by which a workbook reaches out of itself, or holds what is no table.
REACHES_OUT = (
    "externallinks/",
    "embeddings/",
    "activex/",
    "ctrlprops/",
    "querytables/",
    "connections.xml",
    "macrosheets/",
    "dialogsheets/",
    "customui",
    "webextensions/",
    "model/",
)
#: The same by what the parts are to one another: a part may have any name.
REACHING = {
    "externallink",
    "externallinkpath",
    "oleobject",
    "package",
    "control",
    "ctrlprop",
    "activexcontrolbinary",
    "connections",
    "querytable",
    "vbaproject",
    "xlmacrosheet",
    "xlintlmacrosheet",
    "dialogsheet",
    "webextension",
    "extensibility",
}
#: Elements that hold formulas, wherever they stand.
FORMULAS = {"f", "formula", "formula1", "formula2", "oldformula", "definedname", "calculatedcolumnformula"}
CALLS_OUT = re.compile(
    r"\||\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|IMAGE|HYPERLINK)\s*\(", re.IGNORECASE
)
TEXTS = re.compile(r'"(?:[^"]|"")*"')
CELL = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!]+))!"
    r"\$?(?P<column>[A-Z]{1,3})\$?(?P<row>[0-9]{1,7})(?P<rest>:\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
)


@dataclass
class Filled:
    """``filled``, ``unknown`` and ``left``: names as they stand in the file. ``left`` are known, but name no single
    cell, or one with a formula."""

    content: bytes = b""
    filled: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def fill(content: bytes, values: Mapping[str, Value], *, prefix: str, hidden: tuple[str, str]) -> Filled:
    """Put ``values`` into the cells whose defined names begin with ``prefix``. Names do not tell small letters from
    large ones, as in every spreadsheet. ``hidden``: name and text of a hidden name that the file is given.

    Raises:
        Refusal: ("invalid") it cannot be read, unpacks to too much, or reaches out of itself.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        _require_within_itself(book)
        trees = {name: _parsed(book.read(name)) for name in book.namelist() if _is_xml(name)}
        for name, tree in trees.items():
            _require_harmless(name, tree)
        if WORKBOOK not in trees or RELATIONS not in trees or trees[WORKBOOK].find("{*}sheets") is None:
            raise _unreadable()
        found, written = Filled(), {WORKBOOK}
        sheets = {name: Sheet(trees[part]) for name, part in _sheets(trees).items()}
        known = {name.casefold(): value for name, value in values.items()}
        for name, text in _names(trees[WORKBOOK], prefix):
            if name.casefold() not in known:
                found.unknown.append(name)
                continue
            place = CELL.fullmatch(text)
            sheet = sheets.get((place["quoted"] or place["plain"]).replace("''", "'")) if place else None
            put = (
                place is not None
                and sheet is not None
                and sheet.put(place["column"], int(place["row"]), place["rest"] or "", known[name.casefold()])
            )
            (found.filled if put else found.left).append(name)
        for name, part in _sheets(trees).items():
            if sheets[name].forget_results() or sheets[name].touched:
                written.add(part)
        _hide(trees[WORKBOOK], *hidden)
        found.content = _packed(book, {name: trees[name] for name in written})
    return found


def _require_within_itself(book: zipfile.ZipFile) -> None:
    if sum(part.file_size for part in book.infolist()) > MOST_UNPACKED:
        said = _("表格解开后超过 %(n)d MB，没有接收。请去掉多余的工作表、图片和格式，另存后再传。")
        raise Refusal(said % {"n": MOST_UNPACKED // 1024 // 1024}, code="invalid")
    names = [name.lower() for name in book.namelist()]
    if any("vbaproject" in name for name in names):
        raise Refusal(
            _("表格里有宏（自动运行的程序），没有接收。请另存为不带宏的 XLSX 再传。"), code="invalid"
        )
    if any(part in name for name in names for part in REACHES_OUT):
        raise _reaches_out()


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        tree = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable() from error
    info = tree.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        said = _("表格里有 XML 实体声明，正常保存的表格没有，没有接收。请用表格软件重新另存后再传。")
        raise Refusal(said, code="invalid")
    return tree


def _require_harmless(name: str, tree: Any) -> None:
    for element in tree.iter("{*}*"):
        kind = etree.QName(element).localname.lower()
        if kind in FORMULAS and CALLS_OUT.search(TEXTS.sub("", element.text or "")):
            raise _reaches_out()
        if kind in {"ddelink", "olelink", "oleobject"} or (
            kind == "relationship"
            and (
                element.get("TargetMode", "").lower() == "external"
                or element.get("Type", "").rpartition("/")[2].lower() in REACHING
            )
        ):
            raise _reaches_out()


def _sheets(trees: dict[str, Any]) -> dict[str, str]:
    """The parts of the worksheets by their names."""
    targets = {
        one.get("Id"): normpath(join("/xl", one.get("Target", ""))).lstrip("/")
        for one in trees[RELATIONS].iter("{*}Relationship")
    }
    found = {}
    for sheet in trees[WORKBOOK].iter("{*}sheet"):
        key = next((value for name, value in sheet.items() if etree.QName(name).localname == "id"), "")
        part = targets.get(key, "")
        if part in trees and etree.QName(trees[part]).localname == "worksheet":
            found[sheet.get("name", "")] = part
    return found


def _names(workbook: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for one in workbook.iter("{*}definedName"):
        name = one.get("name", "")
        if name.casefold().startswith(prefix.casefold()):
            yield name, (one.text or "").strip()


def _hide(workbook: Any, name: str, text: str) -> None:
    """A hidden name with a text; and all formulas are to be counted when the file is opened."""
    space = etree.QName(workbook).namespace
    names = workbook.find("{*}definedNames")
    if names is None:
        names = etree.Element(f"{{{space}}}definedNames")
        workbook.find("{*}sheets").addnext(names)
    for old in [one for one in names if one.get("name") == name]:
        names.remove(old)
    etree.SubElement(names, f"{{{space}}}definedName", name=name, hidden="1").text = f'"{text}"'
    counting = workbook.find("{*}calcPr")
    if counting is None:
        counting = etree.Element(f"{{{space}}}calcPr")
        names.addnext(counting)
    counting.set("fullCalcOnLoad", "1")


def _packed(book: zipfile.ZipFile, trees: dict[str, Any]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in book.namelist():
            tree = trees.get(name)
            content = book.read(name) if tree is None else _xml(tree)
            new.writestr(name, content)
    return made.getvalue()


def _xml(tree: Any) -> bytes:
    made: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _reaches_out() -> Refusal:
    said = _("表格里有指向别处的内容（超链接、外部链接、嵌入的对象、数据连接或 DDE 公式），没有接收。")
    return Refusal(said + _("请在表格软件里断开链接、删去这些内容，另存后再传。"), code="invalid")


def _unreadable() -> Refusal:
    return Refusal(_("表格打不开，可能没有传完整。请用表格软件重新另存为 XLSX 再传。"), code="invalid")
