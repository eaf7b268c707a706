"""The board's addresses, inside the console's."""

from django.urls import path

from jimin.sites.console.board import views

urlpatterns = [
    path("", views.whole, name="plan"),
    path("<int:no>/", views.point, name="plan_point"),
    path("i/<str:code>/", views.indicator, name="plan_indicator"),
    path("method/", views.method, name="plan_method"),
]
