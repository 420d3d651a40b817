from django.urls import path

from petitions.views import desk

urlpatterns = [
    path("cases/<str:number>/", desk.detail, name="detail"),
    path("cases/<str:number>/clock/<int:pk>/", desk.clock, name="clock"),
]
