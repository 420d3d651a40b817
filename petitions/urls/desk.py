"""Addresses of the desk."""

from django.urls import URLPattern, path

from petitions.views import acts, bulk, desk, files, reveal

urlpatterns: list[URLPattern] = [
    path("cases/", desk.list_cases, name="list"),
    path("cases/forward/", bulk.bulk_forward, name="bulk_forward"),
    path("cases/<number:number>/", desk.detail, name="detail"),
    path("cases/<number:number>/preview/", desk.preview, name="preview"),
    path("cases/<number:number>/act/<str:act>/", acts.act, name="act"),
    path("cases/<number:number>/clock/<row:pk>/", desk.clock, name="clock"),
    path("cases/<number:number>/person/<int:ordinal>/reveal/", reveal.reveal, name="reveal"),
    path("cases/<number:number>/attachment/<uuid:token>/", files.attachment, name="attachment"),
]
