"""Addresses of the petitions room, by who uses them: residents, the counter, the desk."""

from petitions.urls import archive, counter, desk, public

app_name = "petitions"
urlpatterns = [*public.urlpatterns, *counter.urlpatterns, *desk.urlpatterns, *archive.urlpatterns]
