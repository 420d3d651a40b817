"""People of the cast and a resident at real screens, at moments of the story's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.timekeeping import SHANGHAI, now
from deadlines.services import sweep_all
from petitions.models import Petition

LOOK = 10_000


class Clock:
    """The story's clock: it runs, and is put forward."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller

    def put_to(self, moment: datetime) -> None:
        assert moment >= now(), "a story goes forward"
        self._traveller.move_to(moment)
        sweep_all(now=now())


class Screens:
    """``screens.of("handler")``: the page of somebody logged in at this moment; a login does not outlast the day."""

    def __init__(self, cast: Any, open_page: Callable, client_as: Callable, address: str) -> None:
        self.cast, self._open, self._client_as, self._address = cast, open_page, client_as, address
        self._pages: dict[tuple[str, int], Any] = {}

    def of(self, who: str, width: int = 1366) -> Any:
        if (who, width) not in self._pages:
            self._pages[who, width] = self._open(width)
        page = self._pages[who, width]
        key = self._client_as(getattr(self.cast, who)).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": self._address}])
        return page

    def inbox(self, who: str) -> str:
        page = self.of(who)
        page.goto("/notices/")
        return said(page)

    def at(self, who: str, case: Petition) -> Any:
        page = self.of(who)
        page.goto(case.get_absolute_url())
        return page

    def reads(self, who: str, case: Petition) -> bool:
        """Whether the case is in this person's list of all and opens; both say the same."""
        page = self.of(who)
        opens = page.goto(case.get_absolute_url()).status == 200
        page.goto("/cases/?view=all")
        assert opens == (case.number in page.locator("main").inner_text()), who
        return opens

    def act(
        self,
        who: str,
        case: Petition,
        label: str,
        button: str = "",
        fill: Callable[[Any], None] | None = None,
    ) -> str:
        """Open an act from the bar of the case's page, fill in what opens over it, press; the page after that."""
        page = self.at(who, case)
        self.offered(page, label).click()
        dialog = page.locator("#act-dialog")
        dialog.locator("form").wait_for(timeout=LOOK)
        if fill is not None:
            fill(dialog)
        with page.expect_navigation():
            dialog.get_by_role("button", name=button or label, exact=True).click()
        page.locator("#notices .notice-strip").first.wait_for(timeout=LOOK)
        case.refresh_from_db()
        return said(page)

    def offered(self, page: Any, label: str) -> Any:
        """The link of the bar, taken out of its menu where it lies in one."""
        bar = page.locator(".next-step-bar")
        link = bar.get_by_role("link", name=label, exact=True).first
        if not link.is_visible():
            for menu in bar.locator("summary, [data-bs-toggle]").all():
                menu.click()
                if link.is_visible():
                    break
        return link

    def offers(self, who: str, case: Petition, label: str) -> bool:
        page = self.at(who, case)
        bar = page.locator(".next-step-bar")
        return label in [text.strip() for text in bar.locator("a").all_text_contents()]


def choose(box_in: Any, label: str, *names: str) -> None:
    """Type the beginning of each unit's name into the box and take the first that is offered."""
    box = box_in.get_by_role("combobox", name=label).first
    for name in names:
        box.fill(name)
        getattr(box_in, "page", box_in).locator(".picker-list:visible li[data-value]").first.wait_for(
            timeout=LOOK
        )
        box.press("Enter")


def said(page: Any) -> str:
    """What stands on the page."""
    text: str = page.locator("main").inner_text()
    return " ".join(text.split())


def minute(moment: datetime) -> str:
    """As an input of a date and time takes it."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def own_page(page: Any, number: str, code: str) -> str:
    """The petitioner's own page, by number and code typed anew."""
    page.goto("/query/")
    page.locator("#id_number").fill(number)
    page.locator("#id_code").fill(code)
    with page.expect_navigation():
        page.get_by_role("button", name="查询", exact=True).click()
    assert page.url.endswith("/mine/"), said(page)
    return said(page)


def file_online(page: Any, words: str, *, kind: str = "", **fields: str) -> tuple[str, str]:
    """A resident files on a phone, step by step; number and query code of the receipt. ``fields``: by label."""
    page.goto("/file/")
    page.get_by_label("发生了什么事").fill(words)
    if kind:
        page.get_by_role("radio", name=kind).check()
    for _step in range(2):
        page.get_by_role("button", name="下一步").click()
    for name, value in fields.items():
        page.locator(f"[name={name}]").first.fill(value)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/file/receipt/")
    return Petition.objects.latest("pk").number, page.locator(".code").inner_text()


def at_the_counter(page: Any, *, channel: str, name: str, subject: str, body: str, **fields: str) -> Petition:
    """A clerk takes down what somebody says, without printing. ``fields``: by the name of the input."""
    page.goto("/register/")
    page.get_by_role("radio", name=channel, exact=True).check()
    page.locator("#id_persons-0-name").fill(name)
    page.locator("[name=subject]").fill(subject)
    page.locator("[name=body]").fill(body)
    for key, value in fields.items():
        page.locator(f"[name={key}]").first.fill(value)
    page.get_by_role("button", name="登记，不打印").click()
    page.wait_for_url("**/register/receipt/**")
    return Petition.objects.latest("pk")


def to_units(lead: str, *co_units: str) -> Callable[[Any], None]:
    """Fills in the form of 转送."""

    def fill(dialog: Any) -> None:
        dialog.locator("[data-picker] > input").first.wait_for(timeout=LOOK)
        choose(dialog, "主办单位", lead)
        if co_units:
            choose(dialog, "协办单位", *co_units)

    return fill


def as_appeal(path: str = "六、信访程序") -> Callable[[Any], None]:
    """Fills in the form of 受理."""

    def fill(dialog: Any) -> None:
        dialog.get_by_role("radio", name="申诉求决").check()
        dialog.get_by_role("radio", name=path).check()

    return fill


def with_answer(text: str, basis: str = "", outcome: str = "支持") -> Callable[[Any], None]:
    """Fills in the form of 答复 up to the second look: one outcome and opinion for every request."""

    def fill(dialog: Any) -> None:
        for one in dialog.get_by_role("radio", name=outcome, exact=True).all():
            one.check()
        for one in dialog.locator("textarea[name^=opinion_]").all():
            one.fill(text)
        dialog.locator("#id_text").fill(text)
        if basis:
            dialog.locator("#id_basis").fill(basis)
        dialog.get_by_role("button", name="下一步，核对").click()
        dialog.get_by_role("button", name="返回修改").wait_for(timeout=LOOK)

    return fill


def rated(page: Any, *, office: str, unit: str) -> None:
    """The petitioner rates on the own page."""
    for name, word in (("office_rating", office), ("unit_rating", unit)):
        group = page.locator("fieldset", has=page.locator(f"input[name={name}]"))
        group.get_by_label(word, exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("您的评价已记录").wait_for(timeout=LOOK)
