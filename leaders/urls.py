"""Addresses of the leaders' room; the page of reception days for residents is /visits/."""

from django.urls import path

from leaders.views import (
    days,
    figures,
    home,
    instructions,
    package_steps,
    packages,
    proposals,
    receptions,
)
from leaders.views.package_table import STEPS

app_name = "leaders"
urlpatterns = [
    path("visits/", days.public_visits, name="public_visits"),
    path("leaders/", home.home, name="home"),
    path("leaders/changes/", home.changes, name="changes"),
    path("leaders/packages/", packages.package_list, name="packages"),
    path("leaders/packages/add/", packages.package_add, name="package_add"),
    path("leaders/packages/figures/", figures.package_figures, name="package_figures"),
    path("leaders/packages/rounds/add/", figures.round_add, name="round_add"),
    path("leaders/proposals/", proposals.proposal_list, name="proposals"),
    path("leaders/proposals/<row:pk>/", proposals.proposal, name="proposal"),
    path("leaders/proposals/<row:pk>/decline/", proposals.decline, name="proposal_decline"),
    path("leaders/packages/<row:pk>/", packages.package, name="package"),
    *(
        path(
            f"leaders/packages/<row:pk>/{name.replace('_', '-')}/",
            package_steps.act,
            {"name": name},
            name=package_steps.address_of(name),
        )
        for name in STEPS
    ),
    path("leaders/packages/<row:pk>/clock/<row:clock>/", packages.package_clock, name="package_clock"),
    path("leaders/instructions/", instructions.instruction_list, name="instructions"),
    path("leaders/instructions/<row:pk>/", instructions.instruction, name="instruction"),
    path("leaders/instructions/<row:pk>/report/", instructions.report, name="report"),
    path("leaders/instructions/<row:pk>/acknowledge/", instructions.acknowledge, name="acknowledge"),
    path(
        "leaders/instructions/<row:pk>/clock/<row:clock>/",
        instructions.instruction_clock,
        name="instruction_clock",
    ),
    path("leaders/instruct/<number:number>/", instructions.instruct, name="instruct"),
    path("leaders/days/", days.day_list, name="days"),
    path("leaders/days/add/", days.day_add, name="day_add"),
    path("leaders/days/<row:pk>/", days.day, name="day"),
    path("leaders/days/<row:pk>/change/", days.day_change, name="day_change"),
    path("leaders/days/<row:pk>/cancel/", days.day_cancel, name="day_cancel"),
    path("leaders/days/<row:pk>/receive/", receptions.receive_on_day, name="receive_on_day"),
    path("leaders/receive/", receptions.receive_any, name="receive"),
    path("leaders/receive/<number:number>/", receptions.receive_case, name="receive_case"),
]
