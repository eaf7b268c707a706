"""A page of a PDF is drawn as a picture; what cannot be drawn says so."""

from __future__ import annotations

import pytest

from jimin.engines.documents.model import Document, DocumentError, Paragraph
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.documents.pictures import page_of


def test_a_page_is_drawn_and_one_that_is_not_there_or_no_pdf_is_refused():
    pdf = to_pdf(Document("报告", "说明", [Paragraph(["一段话。"])]))
    assert page_of(pdf).startswith(b"\x89PNG")
    for content, number in ((pdf, 2), (b"%PDF-1.4 nonsense", 1)):
        with pytest.raises(DocumentError, match="画不出来"):
            page_of(content, number)
