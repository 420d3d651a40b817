"""Addresses of the room of reviews; mine/review/ is the petitioner's."""

from django.urls import path

from reviews.views import after, cases, hearings, mine

app_name = "reviews"
urlpatterns = [
    path("mine/review/", mine.apply, name="mine_apply"),
    path("mine/review/withdraw/", mine.withdraw, name="mine_withdraw"),
    path("published-reviews/", after.published, name="published"),
    path("reviews/", cases.review_list, name="list"),
    path("reviews/<number:number>/", cases.case, name="case"),
    path("reviews/<number:number>/apply/", cases.apply, name="apply"),
    path("reviews/<number:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("reviews/<number:number>/not-admit/", cases.not_admit, name="not_admit"),
    path("reviews/<number:number>/hearing/", cases.hearing, name="hearing"),
    path("reviews/<number:number>/hearing/call/", hearings.call, name="hearing_call"),
    path("reviews/<number:number>/hearing/recusal/", hearings.recusal, name="hearing_recusal"),
    path("reviews/<number:number>/hearing/call-off/", hearings.call_off, name="hearing_call_off"),
    path("reviews/<number:number>/decide/", cases.decide, name="decide"),
    path("reviews/<number:number>/serve/", cases.serve, name="serve"),
    path("reviews/<number:number>/elsewhere/", cases.enter_elsewhere, name="elsewhere"),
    path("reviews/<number:number>/elsewhere/outcome/", cases.elsewhere_outcome, name="elsewhere_outcome"),
    path("reviews/<number:number>/publication/", after.prepare, name="prepare"),
    path("reviews/<number:number>/publication/check/", after.publish, name="publish"),
    path("reviews/<number:number>/care/", after.care, name="care"),
    path("reviews/<number:number>/care/<row:pk>/", after.care_done, name="care_done"),
    path("reviews/<number:number>/clock/<row:pk>/", cases.clock, name="clock"),
]
