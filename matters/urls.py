"""Addresses of the room of hot matters."""

from django.urls import path

from matters import views

app_name = "matters"
urlpatterns = [
    path("matters/", views.matter_list, name="list"),
    path("matters/tasks/", views.task_list, name="tasks"),
    path("matters/tasks/<row:pk>/", views.task, name="task"),
    path("matters/tasks/<row:pk>/report/", views.task_report, name="task_report"),
    path("matters/tasks/<row:pk>/end/", views.task_end, name="task_end"),
    path("matters/<row:pk>/", views.matter, name="matter"),
    path("matters/<row:pk>/name/", views.name, name="name"),
    path("matters/<row:pk>/link/", views.link, name="link"),
    path("matters/<row:pk>/cases/<number:number>/unlink/", views.unlink, name="unlink"),
    path("matters/<row:pk>/merge/", views.merge, name="merge"),
    path("matters/<row:pk>/task/", views.task_add, name="task_add"),
    path("matters/<row:pk>/suggest/", views.suggest, name="suggest"),
]
