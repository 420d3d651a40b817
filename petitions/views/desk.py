from django.http import HttpRequest, HttpResponse


def detail(request: HttpRequest, number: str) -> HttpResponse:
    raise NotImplementedError


def clock(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    raise NotImplementedError
