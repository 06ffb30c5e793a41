"""Whole files: kind and encoding are told, and a file that cannot be read gives nothing."""

import json

import pytest

from riskmodel.errors import InputError
from service.importers import files, read_export

TEXT = "tb_1 (2015-08-04 10:00:00): 杯盖会漏吗\n小店:小雨 (2015-08-04 10:01:00): 不漏的\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_the_encoding_is_told(encoding: str) -> None:
    """UTF-8 with its mark or without, GBK of older programs, UTF-16 of notepads."""
    (found,) = read_export("旺旺.txt", TEXT.encode(encoding)).conversations
    assert [message["text"] for message in found["messages"]] == ["杯盖会漏吗", "不漏的"]
    assert found == read_export("旺旺.txt", TEXT.encode()).conversations[0]


def test_what_is_no_text_is_refused() -> None:
    """A picture, and an encoding that does not exist."""
    with pytest.raises(InputError, match="--encoding"):
        read_export("chat.txt", b"\x89PNG\r\n\x1a\n\xff\xff\xff")
    with pytest.raises(InputError, match="no such encoding"):
        read_export("chat.txt", TEXT.encode(), encoding="klingon")


def test_json_lines_pass_through_checked() -> None:
    """A line that breaks the contract is rejected with its number, the others are taken."""
    (good,) = read_export("a.txt", TEXT.encode()).conversations
    content = "\n".join([json.dumps(good), '{"conversation_id": "x"}']).encode()
    found = read_export("chats.jsonl", content)
    assert found.conversations == [good]
    assert [(item.row, item.field) for item in found.rejected] == [(2, "messages")]


def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read."""
    monkeypatch.setattr(files, "LARGEST", 10)
    with pytest.raises(InputError, match="larger than"):
        read_export("a.txt", TEXT.encode())


def test_a_platform_that_does_not_exist_is_refused() -> None:
    """The contract's own check names the field."""
    with pytest.raises(InputError, match="platform"):
        read_export("a.txt", TEXT.encode(), platform="ebay")
