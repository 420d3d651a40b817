"""Addresses of the mediation room, below /mediation/; rooms/ is open to residents."""

from django.urls import path

from mediation.views import cases, duties, mine, parties, people, rooms, times, timetable

app_name = "mediation"
urlpatterns = [
    path("", cases.mine, name="mine"),
    path("today/", timetable.today, name="today"),
    path("timetable/", timetable.timetable, name="timetable"),
    path("board/", timetable.board, name="board"),
    path("calendar/", timetable.own_calendar, name="own_calendar"),
    path("feed/<slug:token>.ics", timetable.feed, name="feed"),
    path("mediators/", people.mediator_list, name="mediator_list"),
    path("mediators/<row:pk>/", people.mediator_change, name="mediator_change"),
    path("pools/add/", people.pool_add, name="pool_add"),
    path("pools/<row:pk>/change/", people.pool_change, name="pool_change"),
    path("duties/<row:pk>/hand-over/", duties.hand_over, name="hand_over"),
    path("duties/<row:pk>/take-over/", duties.take_over, name="take_over"),
    path("rooms/", rooms.public_rooms, name="rooms"),
    path("rooms/desk/", rooms.room_list, name="room_list"),
    path("rooms/add/", rooms.room_add, name="room_add"),
    path("rooms/<row:pk>/", rooms.public_room, name="room"),
    path("rooms/<row:pk>/duty/", duties.room_duty, name="room_duty"),
    path("rooms/<row:pk>/duty/keep/", duties.duty_keep, name="duty_keep"),
    path("rooms/<row:pk>/change/", rooms.room_change, name="room_change"),
    path("ladders/", parties.ladder_list, name="ladders"),
    path("mine/agree/", mine.agree, name="mine_agree"),
    path("mine/decline/", mine.decline, name="mine_decline"),
    path("cases/<number:number>/", cases.case, name="case"),
    path("cases/<number:number>/parties/add/", parties.add, name="party_add"),
    path("cases/<number:number>/parties/<row:pk>/", parties.change, name="party"),
    path("cases/<number:number>/parties/<row:pk>/leave/", parties.leave, name="party_leave"),
    path("cases/<number:number>/bar/", parties.bar, name="bar"),
    path("cases/<number:number>/hand-on/", parties.hand_on, name="hand_on"),
    path("cases/<number:number>/open/", cases.open_case, name="open"),
    path("cases/<number:number>/consent/", cases.consent, name="consent"),
    path("cases/<number:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("cases/<number:number>/end/", cases.end, name="end"),
    path("cases/<number:number>/schedule/", times.schedule, name="schedule"),
    path("cases/<number:number>/held/", cases.held, name="held"),
    path("cases/<number:number>/sessions/<row:pk>/cancel/", times.cancel, name="cancel"),
    path("cases/<number:number>/sessions/<row:pk>/move/", times.move, name="move"),
    path("cases/<number:number>/sessions/<row:pk>/hold/", cases.hold, name="hold"),
]
