from django.urls import path

from tables import views

app_name = "tables"
urlpatterns = [
    path("tables/", views.tables, name="list"),
    path("tables/new/", views.new, name="new"),
    path("tables/preview/", views.preview, name="preview"),
    path("tables/<row:pk>/", views.table, name="table"),
    path("tables/<row:pk>/edit/", views.edit, name="edit"),
    path("tables/<row:pk>/delete/", views.delete, name="delete"),
    path("tables/<row:pk>/list/<slug:code>/", views.behind, name="behind"),
    path("tables/<row:pk>/file/<slug:form>/", views.file, name="file"),
    path("tables/<row:pk>/share/", views.share, name="share"),
    path("tables/<row:pk>/share/<row:share>/end/", views.unshare, name="unshare"),
    path("tables/<row:pk>/schedule/", views.schedule, name="schedule"),
    path("tables/<row:pk>/schedule/end/", views.unschedule, name="unschedule"),
]
