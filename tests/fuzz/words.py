"""What a hostile or merely unlucky browser sends, as Hypothesis strategies.

``FUZZ_EXAMPLES=40 pytest tests/fuzz`` asks forty times as much, at random; without it every run asks the same.
"""

from __future__ import annotations

import os
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
#: In what is sent; unescaped they must not come back.
TAG, ATTRIBUTE, TEMPLATE, COUNTED = "<zq onx=1>", '"zqx="', "{{ 7|add:42 }}zq{% now 'Y' %}", "49zq"
WORDS = [
    "", " ", "\0", "张\0三", "\ud800", "三\udfff", "\u202e倒\u2066", "\u200b\u200d\ufeff", "䶮", "阿卜杜拉·买买提", "👨‍👩‍👧",
    "' OR 1=1 --", "'; DROP TABLE petitions_petition; --", "\\", "%", "_", "%00", "\\x00", "a' || pg_sleep(9) || '",
    TAG, ATTRIBUTE, "'zqx='", "</script><zq>", "<!--", "javascript:alert(1)", TEMPLATE, "{{", "{%", "${7*7}", "#{7*7}",
    "%(number)s", "{0.__class__}", "../../../etc/passwd", "//evil.example", "https:evil.example", "\\\\evil.example",
    "\r\nSet-Cookie: zq=1", "null", "[]", "{}", "true", "on", "1", "0", "-1", "+1", "1.5", "1e309", "NaN", "Infinity", "-0",
    "٣", "½", "²", "０", "1" * 19, "9" * 30, "-" + "9" * 30, "2147483648", "9223372036854775808",
    "2026-02-30", "2026-13", "0001-01-01", "0000-00-00", "9999-12-31", "10000-01-01", "2026-09-03T25:61", "24:00",
    "1969-12-31T23:59:59+99:99", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "२०२६-०१-०१",
    "339999-2026-0000001", "339999-2026-J000001", "339999" * 20, "13800001234", "１３８００００１２３４", "11010119491231002X",
    "字" * 300, "A" * 5_000, "\n" * 500, "é" * 999, "e\u0301" * 300, "\U000e0041" * 50, "é́́́́́́́",
]  # fmt: skip
#: Too long to be sent at every turn.
HUGE = "宽" * 60_000

words = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=40),
    st.integers(-(10**25), 10**25).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda at: at.isoformat()),
)


def pairs(names: list[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Fields of a form, some left out, some twice, with some that it does not have."""
    odd = st.sampled_from(
        [
            "order",
            "ordering",
            "id",
            "pk",
            "sealed__exact",
            "persons__name",
            "cursor",
            "next",
            "view",
            "__class__",
            "\0",
        ]
    )
    key = st.one_of(st.sampled_from(names), st.sampled_from(names), odd) if names else odd
    return st.lists(st.tuples(key, words), max_size=8)


#: Segments of an address where a number, an id or a token belongs.
segments = st.one_of(
    st.sampled_from(
        [*[word for word in WORDS if word.strip("\n ")][:60], "0", "9" * 18, "9" * 40, "00000001"]
    ),
    st.text(min_size=1, max_size=20),
)

headers = st.sampled_from(
    [
        {},
        {},
        {"HX-Request": "true"},
        {"HX-Request": "true", "HX-Boosted": "true"},
        {
            "HX-Request": "true",
            "HX-Current-URL": "/cases/x/act/../",
            "HX-Target": TAG,
            "HX-Trigger": ATTRIBUTE,
        },
        {"HX-Request": "true", "HX-History-Restore-Request": "true"},
        {"HX-Request": "TRUE, true", "HX-Prompt": "%E4%BD%A0"},
        {"HX-Request": "true", "HX-Current-URL-URI-AutoEncoded": "true", "HX-Current-URL": "%ff%fe"},
        {"Accept": "application/json", "Accept-Language": "zh-Hans, *;q=zq"},
        {"Referer": f"http://testserver/{TAG}", "User-Agent": TAG},
        {"X-Forwarded-For": "1.2.3.4, zq", "X-Requested-With": "XMLHttpRequest"},
    ]
)
kinds = st.sampled_from(
    ["application/x-www-form-urlencoded"] * 8
    + [
        "multipart/form-data; boundary=zq",
        "application/json",
        "text/plain; charset=utf-16",
        "multipart/form-data",
        "",
    ]
)


def encoded(fields: list[tuple[str, str]]) -> str:
    """As a browser would send it, lone surrogates included."""
    return urlencode(fields, errors="surrogatepass")


def segment(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def bounded(examples: int) -> settings:
    """The same examples each time, unless more are asked for."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
