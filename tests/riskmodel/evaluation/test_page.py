"""The page: every table and plot with its limits, nothing fetched, the same bytes each time; foreign words are text."""

import re
from dataclasses import replace

import numpy as np
from measured_talks import measured

from riskmodel.evaluation import NOTE, summarise
from riskmodel.evaluation.page import page
from riskmodel.evaluation.plots import PLOTS
from riskmodel.evaluation.tables import report_sheets

REPORT = summarise(
    measured(),
    split="a test <b>of</b> the page",
    resamples=100,
    baselines={"keywords": np.linspace(0, 1, 35)},
    spellings={"typos": np.linspace(1, 0, 35)},
)


def test_all_tables_and_plots_are_on_the_page() -> None:
    """Each once, with split and note; names in the data are text, not markup."""
    text = page(REPORT)
    assert text.count("<svg") == len(PLOTS)
    assert text.count("<table>") == len(report_sheets(REPORT))
    assert "a test &lt;b&gt;of&lt;/b&gt; the page" in text
    assert NOTE.replace("'", "&#39;") in text


def test_nothing_is_fetched() -> None:
    """No script, no link, no image, no address but the names of SVG's own languages."""
    text = page(REPORT)
    assert not re.search(r"<script|<link|<img|@import|src=|url\((?!#)", text)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", text))
    assert all(
        address.startswith(("http://www.w3.org/", "http://purl.org/", "http://creativecommons.org/"))
        for address in addresses
    ), addresses


def test_the_same_report_is_the_same_page() -> None:
    """No time of day and no random name is in it."""
    assert page(REPORT) == page(REPORT)


def test_every_row_fills_its_columns() -> None:
    """A table can be read by its heads; without families, baselines and spellings their tables are left out."""
    for sheet in report_sheets(REPORT):
        assert all(len(row) == len(sheet.columns) for row in sheet.rows), sheet.title
    bare = replace(REPORT, baselines=[], spellings=[], missed=[], alarmed=[])
    assert len(report_sheets(bare)) < len(report_sheets(REPORT))
