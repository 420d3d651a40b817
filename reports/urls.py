from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("desk/", views.home, name="home"),
    path("reports/year/", views.year, name="year"),
    path("reports/month/", views.month, name="month"),
    path("reports/month/export/", views.export, name="export"),
    path("reports/month/freeze/", views.freeze, name="freeze"),
    path("reports/month/<slug:code>/", views.behind, name="behind"),
    path("reports/jobs/<uuid:pk>/", views.job, name="job"),
    path("reports/jobs/<uuid:pk>/download/", views.download, name="download"),
]
