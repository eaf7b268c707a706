"""The addresses of the auditor's pages, inside the console."""

from django.urls import path

from jimin.sites.console.audit import views

urlpatterns = [
    path("", views.trail, name="audit"),
    path("<int:pk>/", views.row, name="audit_row"),
    path("checks/", views.checks, name="audit_checks"),
    path("checks/new/", views.start, name="audit_verify"),
    path("checks/<uuid:pk>/", views.check, name="audit_check"),
    path("bundle/", views.bundle, name="audit_bundle"),
]
