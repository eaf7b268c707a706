"""The console's addresses."""

from django.urls import include, path

from jimin.sites.console import home, signin

app_name = "console"
urlpatterns = [
    path("", home.home, name="home"),
    path("plan/", include("jimin.sites.console.board.urls")),
    path("signin/", signin.SignIn.as_view(), name="signin"),
    path("signout/", signin.SignOut.as_view(), name="signout"),
    path("signed-out/", signin.signed_out, name="signed_out"),
    path("appointments/", signin.appointments, name="appointments"),
    path("password/", signin.password, name="password"),
]
