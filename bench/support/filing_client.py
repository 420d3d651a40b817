"""One resident after another, as fast as the server answers: ``python -m bench.support.filing_client PORT SECONDS``.

The page is fetched once for its cookie; each form then has a token of its own, so each is a new case.
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
filed = refused = 0
begin = time.perf_counter()
while (spent := time.perf_counter() - begin) < SECONDS:
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
    if answer.status == 302:
        filed += 1
    else:
        refused += 1
print(json.dumps({"filed": filed, "refused": refused, "seconds": time.perf_counter() - begin}))
