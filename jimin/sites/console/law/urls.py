"""The addresses of the law: texts, rules, parameters and the values that places set."""

from django.urls import path

from jimin.sites.console.law import parameters, records, rules, texts

urlpatterns = [
    path("", texts.texts, name="law"),
    path("texts/<slug:key>/", texts.text, name="law_text"),
    path("texts/<slug:key>/<str:number>/", texts.article, name="law_article"),
    path("rules/", rules.listing, name="rules"),
    path("rules/<slug:domain>/<slug:name>/", rules.rule, name="rule"),
    path("parameters/", parameters.listing, name="parameters"),
    path("parameters/<slug:domain>/<str:path>/", parameters.one, name="parameter"),
    path("parameters/<slug:domain>/<str:path>/propose/", records.propose, name="parameter_propose"),
    path("records/<uuid:pk>/", records.one, name="parameter_record"),
    path("records/<uuid:pk>/scan/<int:number>/", records.scan, name="parameter_scan"),
    path("records/<uuid:pk>/<slug:code>/", records.step, name="parameter_step"),
]
