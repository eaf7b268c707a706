"""The addresses of the portal."""

from django.urls import URLPattern, URLResolver, path, re_path

from jimin.sites.portal import about, law, plan, verify
from jimin.sites.portal.estimate.views import estimate

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", plan.home, name="home"),
    path("plan/", plan.whole, name="plan"),
    path("plan/for/<slug:key>/", plan.situation, name="situation"),
    path("plan/<int:no>/", plan.point, name="point"),
    re_path(r"^verify/?$", verify.start, name="verify"),  # documents print /verify
    path("verify/<str:code>", verify.code, name="verify_code"),
    path("law/", law.texts, name="law"),
    path("law/<slug:key>/", law.text, name="law_text"),
    path("law/<slug:key>/<str:number>/", law.article, name="law_article"),
    path("estimate/", estimate, name="estimate"),
    path("about/", about.about, name="about"),
    path("robots.txt", about.robots),
]
