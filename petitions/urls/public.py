"""Addresses of residents; none needs a login."""

from django.urls import path

from petitions.views import public, public_filing, public_mine, public_query

urlpatterns = [
    path("", public.landing, name="landing"),
    path("file/", public_filing.file, name="file"),
    path("file/receipt/", public_filing.receipt, name="receipt"),
    path("query/", public_query.query, name="query"),
    path("mine/", public_mine.mine, name="mine"),
    path("mine/leave/", public_query.leave, name="mine_leave"),
    path("mine/evaluate/", public_mine.evaluate, name="mine_evaluate"),
    path("mine/supplement/", public_mine.supplement, name="mine_supplement"),
    path("mine/attachment/<uuid:token>/", public_mine.attachment, name="mine_attachment"),
]
