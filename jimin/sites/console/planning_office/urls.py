"""The addresses of the office's own work, inside the console."""

from django.urls import path

from jimin.sites.console.planning_office import alignment, appraisals, instructions, integrity, rectifications, study

urlpatterns = [
    path("alignment/", alignment.tree, name="alignment"),
    path("alignment/new/", alignment.new, name="requirement_new"),
    path("alignment/<uuid:pk>/", alignment.one, name="requirement"),
    path("alignment/<uuid:pk>/void/", alignment.void, name="requirement_void"),
    path("instructions/", instructions.listing, name="instructions"),
    path("instructions/new/", instructions.new, name="instruction_new"),
    path("instructions/<uuid:pk>/", instructions.detail, name="instruction"),
    path("instructions/<uuid:pk>/<slug:code>/", instructions.step, name="instruction_step"),
    path("study/", study.programme, name="study"),
    path("study/new/", study.topic_new, name="study_topic_new"),
    path("study/<uuid:pk>/", study.topic, name="study_topic"),
    path("study/<uuid:pk>/record/", study.record, name="study_record"),
    path("study/sessions/<uuid:pk>/", study.session, name="study_session"),
    path("study/sessions/<uuid:pk>/void/", study.void, name="study_void"),
    path("rectifications/", rectifications.listing, name="rectifications"),
    path("rectifications/new/", rectifications.new, name="rectification_new"),
    path("rectifications/<uuid:pk>/", rectifications.detail, name="rectification"),
    path("rectifications/<uuid:pk>/<slug:code>/", rectifications.step, name="rectification_step"),
    path("integrity/", integrity.overview, name="integrity"),
    path("integrity/risks/new/", integrity.risk_new, name="risk_new"),
    path("integrity/risks/<uuid:pk>/void/", integrity.risk_void, name="risk_void"),
    path("integrity/warnings/new/", integrity.warning_new, name="warning_new"),
    path("findings/", integrity.findings, name="findings"),
    path("findings/new/", integrity.finding_new, name="finding_new"),
    path("findings/<uuid:pk>/", integrity.finding, name="finding"),
    path("findings/<uuid:pk>/<slug:code>/", integrity.finding_step, name="finding_step"),
    path("appraisals/", appraisals.listing, name="appraisals"),
    path("appraisals/new/", appraisals.new, name="appraisal_new"),
    path("appraisals/<uuid:pk>/", appraisals.detail, name="appraisal"),
    path("appraisals/<uuid:pk>/publish/", appraisals.publish, name="appraisal_publish"),
    path("appraisals/<uuid:pk>/unit/<uuid:score>/", appraisals.unit, name="appraisal_unit"),
    path("appraisals/<uuid:pk>/<slug:code>/", appraisals.step, name="appraisal_step"),
]
