"""Addresses of accounts and tokens, under console/."""

from django.urls import path

from jimin.sites.console.accounts import own, people, second, tokens

urlpatterns = [
    path("account/", own.mine, name="my_account"),
    path("account/browsers/", own.forget_browsers, name="forget_browsers"),
    path("account/here/", own.here, name="here"),
    path("account/resume/", own.resume, name="resume"),
    path("account/elsewhere/", own.leave_elsewhere, name="leave_elsewhere"),
    path("account/code/", own.bind, name="factor"),
    path("account/code/begin/", own.begin, name="factor_begin"),
    path("account/code/recovery/", own.new_codes, name="factor_codes"),
    path("account/code/remove/", own.unbind, name="factor_remove"),
    path("accounts/", people.accounts, name="accounts"),
    path("accounts/new/", people.new, name="account_new"),
    path("accounts/waiting/", second.proposals, name="proposals"),
    path("accounts/waiting/<uuid:pk>/", second.proposal, name="proposal"),
    path("accounts/waiting/<uuid:pk>/confirm/", second.confirm, name="proposal_confirm"),
    path("accounts/waiting/<uuid:pk>/refuse/", second.refuse, name="proposal_refuse"),
    path("accounts/<uuid:pk>/", people.account, name="account"),
    path("accounts/<uuid:pk>/appoint/", people.appoint, name="account_appoint"),
    path("accounts/<uuid:pk>/close/", people.close, name="account_close"),
    path("accounts/<uuid:pk>/open/", people.reopen, name="account_open"),
    path("accounts/<uuid:pk>/unlock/", people.unlock, name="account_unlock"),
    path("accounts/<uuid:pk>/password/", people.reset_password, name="account_password"),
    path("accounts/<uuid:pk>/code/", people.reset_factor, name="account_factor"),
    path("accounts/posts/<uuid:pk>/end/", people.end, name="appointment_end"),
    path("accounts/posts/<uuid:pk>/token/", tokens.new, name="token_new"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:pk>/", tokens.token, name="token"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke, name="token_revoke"),
]
