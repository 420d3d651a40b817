"""Residents and officials at the web doors while servers die under them. What a page told them is written down, a line
each, before anything else is done: the auditor holds the database to it."""

import contextlib
import json
import queue
import threading
import time
from urllib.parse import urljoin

import requests
from lxml import html

PASSWORD = "qingjiang-2026"  # of everybody in the cast, which cannot be imported before Django is set up

UNIT = "城市管理局"


class Told:
    """The lines, in a file that is written through."""

    def __init__(self, path):
        self.file = path.open("a", buffering=1, encoding="utf-8")
        self.lock = threading.Lock()

    def note(self, **line):
        with self.lock:
            self.file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Stopped(Exception):
    pass


class Somebody(threading.Thread):
    """A browser. Whatever fails is tried again, as people do, with the very form that failed."""

    def __init__(self, site, told, stop):
        super().__init__(daemon=True)
        self.site, self.told, self.stop = site, told, stop
        self.session = requests.Session()
        self.tries = 0

    def run(self):
        with contextlib.suppress(Stopped):
            self.act()

    def ask(self, method, address, data=None, good=(200, 302)):
        """The answer, once there is one; none for a page that refuses (4xx)."""
        while not self.stop.is_set():
            self.tries += 1
            try:
                answer = self.session.request(
                    method, urljoin(self.site, address), data=data, timeout=8, allow_redirects=False
                )
            except requests.RequestException:
                self.stop.wait(0.2)
                continue
            if answer.status_code in good:
                return answer
            if answer.status_code < 500:
                return None
            self.stop.wait(0.2)
        raise Stopped


def fields(page, inside="//form"):
    """What a form holds when it is opened: name → value of hidden fields and text."""
    found = {}
    for one in html.fromstring(page).xpath(f"{inside}//input[@name] | {inside}//textarea[@name]"):
        if one.get("type") in {"checkbox", "radio", "file", "submit"}:
            continue
        found[one.get("name")] = one.get("value") or one.text or ""
    return found


class Resident(Somebody):
    """Files one case after another and waits for each receipt."""

    def __init__(self, site, told, stop, *, name, pause, cases):
        super().__init__(site, told, stop)
        self.turn, self.mark, self.pause, self.cases = 0, name, pause, cases

    def act(self):
        while not self.stop.is_set():
            self.turn += 1
            self.file(f"{self.mark}-{self.turn}")
            self.stop.wait(self.pause)

    def file(self, mark):
        page = self.ask("GET", "/file/")
        opened = fields(page.text)
        form = {
            "csrfmiddlewaretoken": opened["csrfmiddlewaretoken"],
            "token": opened["token"],
            "body": f"夜市每天营业到凌晨两点。来件标记 {mark} 止",
            "requests": "请规定夜市收摊时间",
            "kind": "appeal",
            "name": "张小河",
            "phone": "13800001234",
            "head_count": "1",
        }
        self.told.note(said="sent", mark=mark)
        if self.ask("POST", "/file/", form, good=(302,)) is None:
            self.told.note(said="refused", mark=mark)
            return
        receipt = self.ask("GET", "/file/receipt/", good=(200,))
        number = html.fromstring(receipt.text).xpath("//dd[contains(@class, 'number')]/text()")[0].strip()
        self.told.note(said="receipt", mark=mark, number=number)
        self.cases.put(number)


class Desk(Somebody):
    """An official who takes cases in turn and does one act with each, once."""

    def __init__(self, site, told, stop, *, username, act, typed, cases, after):
        super().__init__(site, told, stop)
        self.username, self.name_of_act, self.typed = username, act, typed
        self.cases, self.after = cases, after

    def act(self):
        while not self.stop.is_set():
            try:
                number = self.cases.get(timeout=0.3)
            except queue.Empty:
                continue
            if self.step(number):
                self.after.put(number)

    def log_in(self):
        page = self.ask("GET", "/staff/login/")
        if page.status_code == 302:
            return
        token = fields(page.text)["csrfmiddlewaretoken"]
        self.ask(
            "POST",
            "/staff/login/",
            {"csrfmiddlewaretoken": token, "username": self.username, "password": PASSWORD},
        )

    def step(self, number):
        """Whether the act was said to be done. Asked to log in, one does, and opens the form again."""
        address = f"/cases/{number}/act/{self.name_of_act}/"
        form = None
        while not self.stop.is_set():
            if form is None:
                page = self.ask("GET", address)
                if page is None:
                    return False  # another was faster
                if page.status_code == 302:
                    self.log_in()
                    continue
                form = fields(
                    page.text, f"//form[contains(@action, '/act/{self.name_of_act}/') or not(@action)]"
                )
                form |= self.typed(page.text)
            answer = self.ask("POST", address, form)
            if answer is None:
                self.told.note(said="refused", number=number, act=self.name_of_act)
                return False
            if (
                answer.status_code == 302
                and f"/cases/{number}/" in answer.headers["Location"]
                and "login" not in answer.headers["Location"]
            ):
                self.told.note(said="done", number=number, act=self.name_of_act)
                return True
            if answer.status_code == 302:
                self.log_in()
                form |= {"csrfmiddlewaretoken": self.session.cookies.get("csrftoken", "")}
                continue
            self.told.note(said="refused", number=number, act=self.name_of_act)
            return False
        return False


def to_the_unit(page):
    """The unit as the form lists it; addresses and forms hold no raw ids."""
    options = html.fromstring(page).xpath("//select[@name='unit']//option")
    return {"unit": next(one.get("value") for one in options if UNIT in one.text_content())}


class Crowd:
    """Two residents; officers who answer first and forward, and the unit, which accepts."""

    def __init__(self, site, told, pause):
        self.stop, self.told = threading.Event(), told
        arrived, forwarded, accepted, rest = (queue.Queue() for _n in range(4))
        place = (site, told, self.stop)
        self.people = [
            Resident(*place, name="甲", pause=pause, cases=arrived),
            Resident(*place, name="乙", pause=pause, cases=forwarded),
            Desk(
                *place,
                username="petition_officer",
                act="respond",
                typed=lambda _page: {"text": "已收到，正在核实。"},
                cases=arrived,
                after=rest,
            ),
            Desk(
                *place,
                username="petition_officer",
                act="forward",
                typed=to_the_unit,
                cases=forwarded,
                after=accepted,
            ),
            Desk(
                *place,
                username="handler",
                act="accept",
                typed=lambda _page: {"kind": "appeal", "path": "6"},
                cases=accepted,
                after=rest,
            ),
        ]

    def __enter__(self):
        for one in self.people:
            one.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        end = time.monotonic() + 20
        for one in self.people:
            one.join(max(0.1, end - time.monotonic()))

    @property
    def tries(self):
        return sum(one.tries for one in self.people)
