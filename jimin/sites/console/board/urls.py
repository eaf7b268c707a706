"""The board's addresses, inside the console's."""

from django.urls import path

from jimin.sites.console.board import exports, views

urlpatterns = [
    path("", views.whole, name="plan"),
    path("<int:no>/", views.point, name="plan_point"),
    path("record/<uuid:pk>/", views.by_record, name="plan_point_record"),
    path("i/<str:code>/", views.indicator, name="plan_indicator"),
    path("method/", views.method, name="plan_method"),
    path("export/<str:form>/", exports.export, name="plan_export"),
    path("bulletin/", exports.bulletin, name="plan_bulletin"),
    path("bulletin/<uuid:pk>/<str:form>/", exports.issued_file, name="plan_bulletin_file"),
]
