"""Downloading a kept file: for who handed it in, and for who sees the record that it belongs to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from jimin.core.files import api as files
from jimin.core.files.models import StoredFile
from jimin.sites.console import links
from jimin.sites.console.guard import staff

links.add(files__storedfile="console:file")


@staff()
def download(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The file under its own name. Whoever may not see its record gets the same answer as for no file."""
    actor = request.actor  # type: ignore[attr-defined]
    return files.respond(get_object_or_404(StoredFile, pk=pk), actor, inline=request.GET.get("inline") == "1")
