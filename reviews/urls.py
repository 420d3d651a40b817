"""Addresses of the room of reviews; mine/review/ is the petitioner's."""

from django.urls import path

from reviews.views import cases, mine

app_name = "reviews"
urlpatterns = [
    path("mine/review/", mine.apply, name="mine_apply"),
    path("mine/review/withdraw/", mine.withdraw, name="mine_withdraw"),
    path("reviews/", cases.review_list, name="list"),
    path("reviews/<number:number>/", cases.case, name="case"),
    path("reviews/<number:number>/apply/", cases.apply, name="apply"),
    path("reviews/<number:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("reviews/<number:number>/not-admit/", cases.not_admit, name="not_admit"),
    path("reviews/<number:number>/hearing/", cases.hearing, name="hearing"),
    path("reviews/<number:number>/decide/", cases.decide, name="decide"),
    path("reviews/<number:number>/serve/", cases.serve, name="serve"),
    path("reviews/<number:number>/clock/<row:pk>/", cases.clock, name="clock"),
]
