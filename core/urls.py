"""Addresses of the house itself."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [path("large-type/", views.large_type, name="large_type")]
