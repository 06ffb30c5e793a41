"""What can be wrong with a bundle: one type per kind of failure, each explained in Chinese and English.

Standard library only, because the verifier depends on it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

__all__ = [
    "AddedFile",
    "AlteredFile",
    "DuplicateName",
    "EvidenceFailure",
    "MissingFile",
    "MissingFromTalk",
    "NotAZip",
    "NotAsLogged",
    "NotCanonical",
    "NotInLog",
    "NotLogged",
    "NotReadable",
    "OpeningDoesNotFit",
    "OpeningsNotReadable",
    "PathOutsideBag",
    "StaleTimestamp",
    "Status",
    "Truncated",
    "UnknownAuthority",
    "UnknownKey",
    "Unsigned",
    "Unstamped",
    "UnsupportedVersion",
    "WrongHead",
    "WrongSignature",
    "WrongTimestamp",
    "ZipBomb",
]


class Status(IntEnum):
    """The exit status of a verification."""

    VERIFIED = 0
    ALTERED = 1
    NOT_DEMONSTRATED = 2
    COULD_NOT_RUN = 3


def printable(name: str) -> str:
    """Return a name from an untrusted bundle as short ASCII text, so that it can do nothing to a terminal."""
    escaped = ascii(name)[1:-1]
    return escaped if len(escaped) <= 100 else f"{escaped[:97]}..."


class EvidenceFailure(Exception):  # noqa: N818  # its types are named after what happened: AlteredFile, MissingFile
    """Base of every reason for which a bundle is not verified.

    Parameters
    ----------
    subject
        What it is about: a file's name, a fingerprint, a version or a detail; shown escaped.
    """

    status: ClassVar[Status] = Status.ALTERED
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""

    def __init__(self, subject: str = "") -> None:
        self.subject = printable(subject)
        super().__init__(self.explain("en"))

    @property
    def code(self) -> str:
        """The stable name of this kind of failure."""
        return type(self).__name__

    def explain(self, language: str = "en") -> str:
        """Return the explanation in plain words, ``zh`` or ``en``."""
        return (self.zh if language == "zh" else self.en).replace("{}", self.subject)


class AlteredFile(EvidenceFailure):
    """A file's content is not what its manifest says."""

    zh = "文件内容与清单中的 SHA-256 不一致：{}"
    en = "the content of this file differs from the SHA-256 in its manifest: {}"


class MissingFile(EvidenceFailure):
    """A file that has to be there is not."""

    zh = "缺少文件：{}"
    en = "this file is missing: {}"


class AddedFile(EvidenceFailure):
    """A file that no manifest lists."""

    zh = "有清单之外的文件：{}"
    en = "this file is in the bundle but in no manifest: {}"


class WrongSignature(EvidenceFailure):
    """The signature does not fit the manifests."""

    zh = "签名与内容不符（{}）。内容在签名后被改动，或签名取自另一份材料。"
    en = "the signature does not fit ({}): something was changed after signing, or it belongs to another bundle"


class UnknownKey(EvidenceFailure):
    """The signature is good but its key is not among the trusted ones."""

    status = Status.NOT_DEMONSTRATED
    zh = "签名有效，但签名公钥不在您信任的公钥之中；该公钥指纹（SHA-256）：{}"
    en = "the signature is good but its key is not among those you trust; its fingerprint (SHA-256) is {}"


class PathOutsideBag(EvidenceFailure):
    """A name that leads outside the bag's folder."""

    zh = "文件名指向材料目录之外：{}"
    en = "this name leads outside the bag's folder: {}"


class ZipBomb(EvidenceFailure):
    """More files or bytes than any bundle has."""

    zh = "超出任何材料包的大小限制，未继续读取：{}"
    en = "larger than any bundle may be, so it was not read further: {}"


class DuplicateName(EvidenceFailure):
    """Two entries of one name."""

    zh = "同一文件名出现多次：{}"
    en = "more than one entry has this name: {}"


class UnsupportedVersion(EvidenceFailure):
    """Made by a version that this verifier does not know."""

    status = Status.NOT_DEMONSTRATED
    zh = "材料包的格式版本（{}）不是本程序所能核验的；请使用更新版本的 baitwatch。"
    en = "this verifier does not know the bundle's version ({}); use a newer baitwatch"


class NotCanonical(EvidenceFailure):
    """The container is not byte for byte what the writer writes."""

    zh = "材料包不是原样的文件，已被改动或重新打包（{}）。"
    en = "the bundle is not, byte for byte, as it was written: it was changed or packed again ({})"


class Unsigned(EvidenceFailure):
    """There is no signature."""

    status = Status.NOT_DEMONSTRATED
    zh = "材料包没有签名：无法确认由谁制作，也无法确认制作后未被整体替换。"
    en = "the bundle is not signed: who made it, and that it was not replaced as a whole, cannot be shown"


class WrongTimestamp(EvidenceFailure):
    """The time-stamp is not one of this bundle's content."""

    zh = "时间戳与内容不符或无法读取（{}）。"
    en = "the time-stamp cannot be read or does not fit the content ({})"


class StaleTimestamp(EvidenceFailure):
    """The time-stamp is of a time at which it cannot have been made for this content."""

    status = Status.NOT_DEMONSTRATED
    zh = "时间戳的时间不能成立（{}）：早于材料中的消息，或不在时间戳机构证书的有效期内。"
    en = "the time-stamp's time cannot hold ({}): before a message of the bundle, or outside the certificate's validity"


class UnknownAuthority(EvidenceFailure):
    """The time-stamp is good, but its authority is not among the trusted ones."""

    status = Status.NOT_DEMONSTRATED
    zh = "时间戳有效，但出具机构不在您信任的机构之中：{}"
    en = "the time-stamp is good but its authority is not among those you trust: {}"


class Unstamped(EvidenceFailure):
    """A time-stamp was asked for and there is none."""

    status = Status.NOT_DEMONSTRATED
    zh = "材料包没有第三方时间戳：无法确认这些内容在何时已经存在。"
    en = "the bundle has no third party's time-stamp: by when its content existed cannot be shown"


class WrongHead(EvidenceFailure):
    """The head of the shop's log is not signed by the key that it names."""

    zh = "店铺消息日志的签名与内容不符（{}）。"
    en = "the signature of the shop's log does not fit: {}"


class NotInLog(EvidenceFailure):
    """The proof does not lead from an entry to the head of the log."""

    zh = "这条记录不在已签署的店铺消息日志之中：{}"
    en = "this entry does not stand in the shop's log as it was signed: {}"


class NotAsLogged(EvidenceFailure):
    """A message or order is not the one that was logged when it arrived."""

    zh = "与到达时登记的内容不一致：{}"
    en = "this is not what was logged when it arrived: {}"


class NotLogged(EvidenceFailure):
    """A message or order that the log does not have."""

    zh = "聊天中有日志里没有登记的内容：{}"
    en = "the talk shows this, but the log does not have it: {}"


class MissingFromTalk(EvidenceFailure):
    """Something that was logged between other things of the talk and is not shown."""

    zh = "日志里登记的内容没有出现在聊天中：{}"
    en = "the log has this, but the talk does not show it: {}"


class OpeningDoesNotFit(EvidenceFailure):
    """An opened value is not the one that was masked."""

    zh = "公开的内容与材料包中登记的承诺值不符：{}"
    en = "what was opened is not what the bundle committed to: {}"


class OpeningsNotReadable(EvidenceFailure):
    """The file of openings is none."""

    status = Status.COULD_NOT_RUN
    zh = "无法读取公开内容文件；请使用 baitwatch reveal 写出的文件。"
    en = "the file of openings cannot be read; use one that baitwatch reveal wrote"


class Truncated(EvidenceFailure):
    """The file begins like a bundle but its end is not there."""

    zh = "文件不完整或结尾已损坏；请重新获取完整的文件。"
    en = "the file is incomplete or its end is damaged; get the whole file again"


class NotAZip(EvidenceFailure):
    """Not a zip file at all."""

    status = Status.COULD_NOT_RUN
    zh = "这不是 zip 文件，因此无法核验；请选择 baitwatch 导出的材料包。"
    en = "this is not a zip file, so there is nothing to verify; choose a bundle that baitwatch exported"


class NotReadable(EvidenceFailure):
    """The file cannot be read."""

    status = Status.COULD_NOT_RUN
    zh = "无法读取文件（{}）；请检查路径与权限。"
    en = "the file cannot be read ({}); check its path and permissions"
