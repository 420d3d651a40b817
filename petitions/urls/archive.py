"""Addresses of archives, and of who looked at what is protected."""

from django.urls import URLPattern, path

from petitions.views import archive, archive_case, looks

urlpatterns: list[URLPattern] = [
    path("archive/", archive.archive_list, name="archive"),
    path("archive/propose/", archive.propose, name="archive_propose"),
    path("archive/decide/", archive.decide, name="archive_decide"),
    path("cases/<number:number>/archive/", archive_case.archive_case, name="archive_case"),
    path("looks/", looks.looks_page, name="looks"),
]
