"""The domain's registers: lists with filters, paging and export. Loaded when the app is ready."""

from jimin.domains.planning.registers import deliverables, items, orders, plan, reports, tasks  # noqa: F401
