"""The addresses of the simulation, inside the console."""

from django.urls import path

from jimin.sites.console.simulation import files, views

urlpatterns = [
    path("", views.listing, name="simulation"),
    path("new/", views.choose, name="simulation_new"),
    path("new/<str:name>/", views.ask, name="simulation_ask"),
    path("compare/", views.compare, name="simulation_compare"),
    path("<uuid:pk>/", views.one, name="scenario"),
    path("<uuid:pk>/export.<str:form>", files.export, name="scenario_export"),
    path("<uuid:pk>/proposal.<str:form>", files.proposal, name="scenario_proposal"),
]
