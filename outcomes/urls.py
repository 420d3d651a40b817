"""Addresses of the room of outcomes."""

from django.urls import path

from outcomes.views import cases, executions, mine, visits

app_name = "outcomes"
urlpatterns = [
    path("mine/evaluate/review/", mine.evaluate, name="mine_evaluate"),
    path("outcomes/executions/", executions.execution_list, name="executions"),
    path("outcomes/visits/", visits.visit_list, name="visits"),
    path("outcomes/<number:number>/", cases.case, name="case"),
    path("outcomes/<number:number>/checks/", cases.check, name="check"),
    path("outcomes/<number:number>/marks/", cases.mark, name="mark"),
    path("outcomes/<number:number>/marks/<row:pk>/end/", cases.unmark, name="unmark"),
    path("outcomes/<number:number>/visits/open/", cases.open_visit, name="visit_open"),
    path("outcomes/<number:number>/visits/<row:pk>/", visits.visit, name="visit"),
    path("outcomes/<number:number>/visits/<row:pk>/assign/", visits.assign, name="visit_assign"),
    path("outcomes/<number:number>/visits/<row:pk>/record/", visits.record, name="visit_record"),
    path("outcomes/<number:number>/executions/<row:pk>/", executions.execution, name="execution"),
    path("outcomes/<number:number>/executions/<row:pk>/due/", executions.set_due, name="execution_due"),
    path("outcomes/<number:number>/executions/<row:pk>/report/", executions.report, name="execution_report"),
    path(
        "outcomes/<number:number>/executions/<row:pk>/confirm/", executions.confirm, name="execution_confirm"
    ),
    path("outcomes/<number:number>/executions/<row:pk>/clock/<row:clock>/", executions.clock, name="clock"),
]
