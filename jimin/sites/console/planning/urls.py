"""The addresses of the plan's daily work, inside the console's."""

from django.urls import path

from jimin.sites.console.planning import (
    views_inbox,
    views_items,
    views_lists,
    views_orders,
    views_report,
    views_sheet,
    views_tasks,
)

urlpatterns = [
    path("inbox/", views_inbox.inbox, name="inbox"),
    path("inbox/batch/", views_inbox.batch, name="inbox_batch"),
    path("alerts/<uuid:pk>/", views_inbox.answer, name="alert_answer"),
    path("works/<uuid:pk>/", views_report.work, name="work"),
    path("files/<uuid:pk>/", views_report.download, name="file"),
    path("reports/<uuid:pk>/", views_report.report, name="report"),
    path("reports/<uuid:pk>/<slug:code>/", views_report.step, name="report_step"),
    path("sheet/", views_sheet.now, name="sheet_now"),
    path("sheet/<str:month>/", views_sheet.sheet, name="sheet"),
    path("reports/", views_lists.reports, name="reports"),
    path("tasks/", views_lists.tasks, name="tasks"),
    path("tasks/<uuid:pk>/", views_tasks.task, name="task"),
    path("tasks/<uuid:pk>/allocate/", views_tasks.allocate, name="task_allocate"),
    path("tasks/<uuid:pk>/stages/", views_tasks.stages, name="task_stages"),
    path("assignments/<uuid:pk>/withdraw/", views_tasks.withdraw, name="assignment_withdraw"),
    path("stages/<uuid:pk>/complete/", views_tasks.complete, name="stage_complete"),
    path("deliverables/", views_lists.deliverables, name="deliverables"),
    path("items/", views_lists.items, name="items"),
    path("items/register/", views_items.register, name="item_register"),
    path("items/<uuid:pk>/", views_items.item, name="item"),
    path("items/<uuid:pk>/confirm/", views_items.confirm, name="item_confirm"),
    path("items/<uuid:pk>/update/", views_items.update, name="item_update"),
    path("items/<uuid:pk>/void/", views_items.void, name="item_void"),
    path("orders/", views_lists.orders, name="orders"),
    path("orders/draft/", views_orders.draft, name="order_draft"),
    path("orders/<uuid:pk>/", views_orders.order, name="order"),
    path("orders/<uuid:pk>/preview/", views_orders.preview, name="order_preview"),
    path("orders/<uuid:pk>/<slug:code>/", views_orders.order_step, name="order_step"),
    path("replies/<uuid:pk>/", views_orders.reply, name="reply"),
    path("replies/<uuid:pk>/<slug:code>/", views_orders.reply_step, name="reply_step"),
]
