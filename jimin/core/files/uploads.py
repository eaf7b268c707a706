"""Uploads stay in memory: Django's own handler would put larger ones into the system's temporary folder, in clear,
and leave them there when the process is killed. One byte more than the limit of a file is kept, so that the check of
the content says so in its own words; more than the limit of a request is refused while it is read.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from jimin.core.files.limits import MB, limits


class InMemory(FileUploadHandler):
    """Holds the files of one request in memory, up to the limits of parameters/files.yaml."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.most = limits()["size_mb"] * MB + 1
        self.left = limits()["request_mb"] * MB

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what fits. Raises RequestDataTooBig when all files together are too much."""
        self.left -= len(raw_data)
        if self.left < 0:
            raise RequestDataTooBig("the files of this request are larger than request_mb of parameters/files.yaml")
        self.content.write(raw_data[: max(0, self.most - self.content.tell())])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The finished file."""
        size = self.content.tell()
        self.content.seek(0)
        return InMemoryUploadedFile(
            self.content, self.field_name, self.file_name, self.content_type, size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
