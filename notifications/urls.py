from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<row:pk>/", views.open_notice, name="open"),
    path("mail/", views.mail, name="mail"),
    path("read/", views.read_all, name="read_all"),
]
