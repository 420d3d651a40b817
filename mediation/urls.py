"""Addresses of the mediation room, below /mediation/; rooms/ is open to residents."""

from django.urls import path

from mediation.views import cases, rooms, sittings, talk_matters, talks, undertakings

app_name = "mediation"
urlpatterns = [
    path("", cases.mine, name="mine"),
    path("rooms/", rooms.public_rooms, name="rooms"),
    path("rooms/desk/", rooms.room_list, name="room_list"),
    path("rooms/add/", rooms.room_add, name="room_add"),
    path("rooms/<row:pk>/change/", rooms.room_change, name="room_change"),
    path("cases/<number:number>/", cases.case, name="case"),
    path("cases/<number:number>/open/", cases.open_case, name="open"),
    path("cases/<number:number>/consent/", cases.consent, name="consent"),
    path("cases/<number:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("cases/<number:number>/end/", cases.end, name="end"),
    path("cases/<number:number>/schedule/", cases.schedule, name="schedule"),
    path("cases/<number:number>/held/", cases.held, name="held"),
    path("cases/<number:number>/sessions/<row:pk>/cancel/", cases.cancel, name="cancel"),
    path("cases/<number:number>/sessions/<row:pk>/hold/", cases.hold, name="hold"),
    path("talks/", talks.public_list, name="talks"),
    path("talks/<row:pk>/", talks.public_talk, name="talk"),
    path("talks/desk/", talks.talk_list, name="talk_list"),
    path("talks/add/", talks.talk_add, name="talk_add"),
    path("talks/desk/<row:pk>/", talks.talk_desk, name="talk_desk"),
    path("talks/desk/<row:pk>/announce/", talks.announce, name="talk_announce"),
    path("talks/desk/<row:pk>/move/", talks.move, name="talk_move"),
    path("talks/desk/<row:pk>/call-off/", talks.call_off, name="talk_call_off"),
    path("talks/desk/<row:pk>/seat/", talks.seat, name="talk_seat"),
    path("talks/desk/<row:pk>/hold/", talks.hold, name="talk_hold"),
    path("talks/desk/<row:pk>/raise/", talks.raise_matter, name="talk_raise"),
    path("talks/desk/<row:pk>/draft/", talks.draft, name="talk_draft"),
    path("talks/desk/<row:pk>/publish/", talks.publish, name="talk_publish"),
    path("talks/desk/<row:pk>/take-down/", talks.take_down, name="talk_take_down"),
    path("talks/desk/<row:pk>/matters/<row:matter>/", talk_matters.matter, name="talk_matter"),
    path("sittings/", sittings.sitting_list, name="sittings"),
    path("sittings/standing/", sittings.standing, name="standing"),
    path("cases/<number:number>/sittings/add/", sittings.call, name="sitting_call"),
    path("sittings/<row:pk>/", sittings.sitting, name="sitting"),
    path("sittings/<row:pk>/again/", sittings.again, name="sitting_again"),
    path("sittings/<row:pk>/cancel/", sittings.cancel, name="sitting_cancel"),
    path("sittings/<row:pk>/answer/", sittings.answer, name="sitting_answer"),
    path("sittings/<row:pk>/hold/", sittings.hold, name="sitting_hold"),
    path("sittings/<row:pk>/undertake/", sittings.undertake, name="sitting_undertake"),
    path(
        "sittings/<row:pk>/undertakings/<row:undertaking>/report/",
        undertakings.report,
        name="undertaking_report",
    ),
    path(
        "sittings/<row:pk>/undertakings/<row:undertaking>/review/",
        undertakings.review,
        name="undertaking_review",
    ),
]
