from django.urls import path

from reports import brief_views, views

app_name = "reports"
urlpatterns = [
    path("desk/", views.home, name="home"),
    path("reports/year/", views.year, name="year"),
    path("reports/month/", views.month, name="month"),
    path("reports/month/export/", views.export, name="export"),
    path("reports/month/freeze/", views.freeze, name="freeze"),
    path("reports/month/<slug:code>/", views.behind, name="behind"),
    path("briefs/", brief_views.archive, name="briefs"),
    path("briefs/<row:pk>/", brief_views.brief, name="brief"),
    path("briefs/<row:pk>/edit/", brief_views.edit, name="brief_edit"),
    path("briefs/<row:pk>/gather/", brief_views.gather, name="brief_gather"),
    path("briefs/<row:pk>/sign/", brief_views.sign, name="brief_sign"),
    path("reports/jobs/<uuid:pk>/", views.job, name="job"),
    path("reports/jobs/<uuid:pk>/download/", views.download, name="download"),
]
