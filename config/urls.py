"""Addresses: each room's own below its prefix."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("core.urls")),
    path("", include("petitions.urls")),
    path("", include("reports.urls")),
    path("reports/", include("tables.urls")),
    path("", include("leaders.urls")),
    path("mediation/", include("mediation.urls")),
    path("", include("reviews.urls")),
    path("", include("papers.urls")),
    path("", include("supervision.urls")),
    path("", include("outcomes.urls")),
    path("", include("hearings.urls")),
    path("", include("conference.urls")),
    path("", include("matters.urls")),
    path("staff/", include("accounts.urls")),
    path("staff/", include("deadlines.urls")),
    path("notices/", include("notifications.urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
