"""One resident after another: ``python -m bench.support.filing_client PORT SECONDS [EVERY]``.

As fast as the server answers, or with ``EVERY`` one begun every so many seconds; whoever could not begin on time waits in
the measured time, as at a counter. Prints as JSON how many were filed and the seconds of each. The page is fetched once for its cookie; each form then has a token of its own, so each is a new case.
"""

from __future__ import annotations

import http.client
import json
import re
import secrets
import sys
import time
from urllib.parse import urlencode

from bench.support.texts import BODY

PORT, SECONDS = int(sys.argv[1]), float(sys.argv[2])
EVERY = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
connection = http.client.HTTPConnection("127.0.0.1", PORT)
connection.request("GET", "/file/")
answer = connection.getresponse()
page = answer.read().decode()
cookie = "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")
csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
assert csrf
headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Cookie": cookie,
    "Referer": "http://127.0.0.1/",
}
filed = refused = turn = 0
times = []
begin = time.perf_counter()
while (spent := time.perf_counter() - begin) < SECONDS:
    asked = begin + turn * EVERY if EVERY else time.perf_counter()
    if asked - begin >= SECONDS:
        break
    time.sleep(max(asked - time.perf_counter(), 0))
    turn += 1
    form = {
        "csrfmiddlewaretoken": csrf[1],
        "token": secrets.token_urlsafe(24),
        "body": BODY,
        "requests": "请规定夜市收摊时间",
        "kind": "appeal",
        "name": "张小河",
        "phone": "13800001234",
        "head_count": "1",
    }
    connection.request("POST", "/file/", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    times.append(time.perf_counter() - asked)
    if answer.status == 302:
        filed += 1
    else:
        refused += 1
done = time.perf_counter() - begin
print(json.dumps({"filed": filed, "refused": refused, "seconds": done, "times": times}))
