"""Logging in through the page, from some address and browser."""

from django.test import Client

from tests.cast import PASSWORD

LOGIN = "/staff/login/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def log_in(username="handler", password=PASSWORD, client=None, address="10.1.1.1", **more):
    client = client or Client(headers={"User-Agent": CHROME}, REMOTE_ADDR=address)
    return client, client.post(LOGIN, {"username": username, "password": password, **more})


def text(response):
    return response.content.decode()
