"""The console's addresses."""

from django.urls import include, path

from jimin.sites.console import files, home, registers, sheets, signin
from jimin.sites.live import views as live

app_name = "console"
urlpatterns = [
    path("", home.home, name="home"),
    path("plan/", include("jimin.sites.console.board.urls")),
    path("signin/", signin.SignIn.as_view(), name="signin"),
    path("signin/code/", signin.code, name="signin_code"),
    path("signout/", signin.SignOut.as_view(), name="signout"),
    path("signed-out/", signin.signed_out, name="signed_out"),
    path("appointments/", signin.appointments, name="appointments"),
    path("password/", signin.password, name="password"),
    path("", include("jimin.sites.console.accounts.urls")),
    path("office/", include("jimin.sites.console.planning_office.urls")),
    path("audit/", include("jimin.sites.console.audit.urls")),
    path("simulation/", include("jimin.sites.console.simulation.urls")),
    path("law/", include("jimin.sites.console.law.urls")),
    path("files/<uuid:pk>/", files.download, name="file"),
    path("live-token/", live.token, name="live_token"),
    path("r/<str:name>/", registers.show, name="register"),
    path("r/<str:name>/export.<str:form>", registers.export, name="register_export"),
    path("r/<str:name>/views/", registers.save_view, name="register_save"),
    path("r/<str:name>/views/drop/", registers.delete_view, name="register_drop"),
    path("r/<str:name>/do/<int:number>/", registers.act, name="register_act"),
    path("r/<str:name>/import/", sheets.upload, name="sheet_upload"),
    path("r/<str:name>/import/template.xlsx", sheets.empty, name="sheet_template"),
    path("imports/<uuid:pk>/", sheets.one, name="sheet_import"),
    path("imports/<uuid:pk>/confirm/", sheets.confirm, name="sheet_confirm"),
    path("imports/<uuid:pk>/abandon/", sheets.abandon, name="sheet_abandon"),
    path("imports/<uuid:pk>/go-on/", sheets.go_on, name="sheet_go_on"),
    path("", include("jimin.sites.console.people.urls")),
    path("", include("jimin.sites.console.planning.urls")),
]
