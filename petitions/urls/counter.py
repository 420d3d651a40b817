"""Addresses of the counter; clerks and petition officers only."""

from django.urls import URLPattern, path

from petitions.views import counter

urlpatterns: list[URLPattern] = [
    path("register/", counter.register_case, name="register"),
    path("register/similar/", counter.similar, name="register_similar"),
    path("register/receipt/", counter.receipt, name="register_receipt"),
    path("register/categories/", counter.category_options, name="category_options"),
    path("register/places/", counter.place_options, name="place_options"),
    path("register/units/", counter.unit_options, name="unit_options"),
    path("register/people/", counter.person_options, name="person_options"),
]
