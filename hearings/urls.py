"""Addresses of the room of hearings."""

from django.urls import path

from hearings.views import cases, hearings, mine

app_name = "hearings"
ONE = "hearings/<number:number>/<row:pk>/"
urlpatterns = [
    path("mine/hearing/<row:pk>/recusal/", mine.ask_recusal, name="mine_recusal"),
    path("hearings/", hearings.hearing_list, name="list"),
    path("hearings/<number:number>/", cases.case, name="case"),
    path("hearings/<number:number>/prepare/", cases.prepare, name="prepare"),
    path("hearings/<number:number>/experts/ask/", cases.ask_expert, name="ask_expert"),
    path("hearings/<number:number>/experts/<row:pk>/answer/", cases.answer_expert, name="answer_expert"),
    path(ONE, hearings.hearing, name="hearing"),
    path(f"{ONE}seat/", hearings.seat, name="seat"),
    path(f"{ONE}members/<row:member>/leave/", hearings.leave, name="leave"),
    path(f"{ONE}members/<row:member>/recusal/", hearings.ask_recusal, name="ask_recusal"),
    path(f"{ONE}recusals/<row:asked>/decide/", hearings.decide_recusal, name="decide_recusal"),
    path(f"{ONE}decide/", hearings.decide, name="decide"),
    path(f"{ONE}tell/", hearings.tell, name="tell"),
    path(f"{ONE}postpone/", hearings.postpone, name="postpone"),
    path(f"{ONE}call-off/", hearings.call_off, name="call_off"),
    path(f"{ONE}record/", hearings.record, name="record"),
]
