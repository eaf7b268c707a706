"""The addresses of people and households: keys alone, nothing that was typed."""

from django.urls import path

from jimin.sites.console.people import households, views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/search/", views.search, name="people_search"),
    path("people/unknown/new/", views.unknown_new, name="unknown_new"),
    path("people/<uuid:pk>/", views.person, name="person"),
    path("people/<uuid:pk>/correct/", views.correct, name="person_correct"),
    path("people/<uuid:pk>/number/<slug:field>/", views.reveal, name="person_number"),
    path("households/", households.households, name="households"),
    path("households/new/", households.household_new, name="household_new"),
    path("households/<uuid:pk>/", households.household, name="household"),
    path("households/<uuid:pk>/members/new/", households.member_new, name="member_new"),
    path("households/<uuid:pk>/members/<uuid:member>/end/", households.member_end, name="member_end"),
]
