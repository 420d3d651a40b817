"""Addresses of the desk."""

from django.urls import URLPattern, path

from petitions.views import acts, bulk, desk, files, reveal

urlpatterns: list[URLPattern] = [
    path("cases/", desk.list_cases, name="list"),
    path("cases/forward/", bulk.bulk_forward, name="bulk_forward"),
    path("cases/<str:number>/", desk.detail, name="detail"),
    path("cases/<str:number>/preview/", desk.preview, name="preview"),
    path("cases/<str:number>/act/<str:act>/", acts.act, name="act"),
    path("cases/<str:number>/clock/<int:pk>/", desk.clock, name="clock"),
    path("cases/<str:number>/person/<int:pk>/reveal/", reveal.reveal, name="reveal"),
    path("cases/<str:number>/attachment/<uuid:token>/", files.attachment, name="attachment"),
]
