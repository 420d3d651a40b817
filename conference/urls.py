"""Addresses of the joint conference."""

from django.urls import path

from conference.views import disputes, meetings, orders

app_name = "conference"
urlpatterns = [
    path("conference/", meetings.meeting_list, name="meetings"),
    path("conference/call/", meetings.call, name="call"),
    path("conference/meetings/<row:pk>/", meetings.meeting, name="meeting"),
    path("conference/meetings/<row:pk>/item/", meetings.add_item, name="item_add"),
    path("conference/meetings/<row:pk>/cancel/", meetings.cancel, name="cancel"),
    path("conference/meetings/<row:pk>/move/", meetings.move, name="move"),
    path("conference/meetings/<row:pk>/minutes/", meetings.write, name="minutes"),
    path("conference/meetings/<row:pk>/issue/", meetings.issue, name="issue"),
    path("conference/meetings/<row:pk>/correct/", meetings.correct, name="correct"),
    path("conference/disputes/", disputes.dispute_list, name="disputes"),
    path("conference/disputes/open/<number:number>/", disputes.open_one, name="dispute_open"),
    path("conference/disputes/<row:pk>/", disputes.dispute, name="dispute"),
    path("conference/disputes/<row:pk>/raise/", disputes.raise_up, name="dispute_raise"),
    path("conference/disputes/<row:pk>/agree/", disputes.agree, name="dispute_agree"),
    path("conference/disputes/<row:pk>/decide/", disputes.decide, name="dispute_decide"),
    path("conference/orders/", orders.register, name="orders"),
    path("conference/orders/export/", orders.export, name="orders_export"),
    path("conference/items/<row:item>/order/", orders.add, name="order_add"),
    path("conference/orders/<row:pk>/", orders.order, name="order"),
    path("conference/orders/<row:pk>/talk/", orders.talk, name="order_talk"),
    path("conference/orders/<row:pk>/report/", orders.report, name="order_report"),
    path("conference/orders/<row:pk>/review/", orders.review, name="order_review"),
    path("conference/orders/<row:pk>/clock/<row:clock>/", orders.clock, name="clock"),
]
