"""Addresses of the room of supervision."""

from django.urls import path

from supervision.views import calls, cases, listing, rulebook, suggestions, urgent

app_name = "supervision"
urlpatterns = [
    path("supervision/", cases.supervision_list, name="list"),
    path("supervision/open/<number:number>/", cases.open_one, name="open"),
    path("supervision/urgent/", urgent.urgent_list, name="urgent_list"),
    path("supervision/dispatch/<number:number>/", urgent.dispatch, name="dispatch"),
    path("supervision/urgent/<row:pk>/", urgent.response, name="urgent"),
    path("supervision/urgent/<row:pk>/acknowledge/", urgent.acknowledge, name="acknowledge"),
    path("supervision/urgent/<row:pk>/arrive/", urgent.arrive, name="arrive"),
    path("supervision/urgent/<row:pk>/note/", urgent.note, name="note"),
    path("supervision/urgent/<row:pk>/report-up/", urgent.report_up, name="report_up"),
    path("supervision/urgent/<row:pk>/clear/", urgent.clear, name="clear"),
    path("supervision/suggestions/", suggestions.register, name="suggestions"),
    path("supervision/suggestions/export/", suggestions.export, name="suggestions_export"),
    path("supervision/suggestions/add/", suggestions.add, name="suggestion_add"),
    path("supervision/suggestions/<row:pk>/", suggestions.suggestion, name="suggestion"),
    path("supervision/suggestions/<row:pk>/answer/", suggestions.answer, name="suggestion_answer"),
    path("supervision/suggestions/<row:pk>/clock/<row:clock>/", suggestions.clock, name="suggestion_clock"),
    path("supervision/red-list/", listing.red_list, name="red_list"),
    path("supervision/<row:pk>/list/", listing.put, name="put_on_list"),
    path("supervision/<row:pk>/tick/<row:milestone>/", listing.tick, name="tick"),
    path("supervision/calls/", calls.call_list, name="calls"),
    path("supervision/calls/<number:number>/", calls.call, name="call"),
    path("supervision/rules/", rulebook.rule_list, name="rules"),
    path("supervision/rules/<row:pk>/", rulebook.rule, name="rule"),
    path("supervision/<row:pk>/", cases.detail, name="detail"),
    path("supervision/<row:pk>/confirm/", cases.confirm, name="confirm"),
    path("supervision/<row:pk>/dismiss/", cases.dismiss, name="dismiss"),
    path("supervision/<row:pk>/effort/", cases.effort, name="effort"),
    path("supervision/<row:pk>/effort/<row:effort>/", cases.effort_file, name="effort_file"),
    path("supervision/<row:pk>/feedback/", cases.feed_back, name="feed_back"),
    path("supervision/<row:pk>/decide/", cases.decide, name="decide"),
    path("supervision/<row:pk>/clock/<row:clock>/", cases.clock, name="clock"),
]
