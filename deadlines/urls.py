from django.urls import path

from deadlines import views

app_name = "deadlines"

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/add/", views.rule_add, name="rule_add"),
    path("rules/<slug:code>/", views.rule, name="rule"),
    path("rules/<slug:code>/new/", views.rule_new, name="rule_new"),
    path("rules/<slug:code>/<row:pk>/end/", views.rule_end, name="rule_end"),
    path("rules/<slug:code>/<row:pk>/withdraw/", views.rule_withdraw, name="rule_withdraw"),
    path("duty-hours/", views.hours, name="hours"),
    path("engine/", views.engine, name="engine"),
    path("engine/messages/<row:pk>/", views.retry_message, name="retry_message"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/new/", views.calendar_new, name="calendar_new"),
    path("calendar/<row:pk>/take-back/", views.calendar_take_back, name="calendar_take_back"),
]
