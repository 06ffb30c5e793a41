"""Every setting of the service, in one place: its name, where it is read from, its default and what it does.

`docs/settings.md` is written from this table.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from riskmodel.errors import BaitwatchError

__all__ = ["OPTIONS", "ConfigError", "Option"]

_MEBIBYTE = 1024 * 1024
_MOST_DAYS = 36_500


class ConfigError(BaitwatchError):
    """A setting that cannot be used."""


class Option(NamedTuple):
    """One setting: its key in the application, its environment variable, how text is read, its default, what it does.

    A default of None is worked out from the home.
    """

    key: str
    environment: str
    read: Callable[[str], Any]
    default: Any
    zh: str
    en: str


def _size(text: str) -> int:
    if re.fullmatch("[1-9][0-9]{0,15}", text) is None:
        raise ValueError("must be a number of bytes above zero, e.g. 67108864")
    return int(text)


def _seconds(text: str) -> float:
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) is None:
        raise ValueError("must be a number of seconds, e.g. 60")
    return float(text)


def _switch(text: str) -> bool:
    found = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower())
    if found is None:
        raise ValueError("must be yes or no")
    return found


def _rate(text: str) -> str:
    if text.lower() in ("none", "off", "0"):
        return ""
    if re.fullmatch(r"[1-9][0-9]{0,6} */ *(second|minute|hour)", text) is None:
        raise ValueError("must be a number of requests in a time, e.g. 1200/minute, or none")
    return text.replace(" ", "")


def _counters(text: str) -> str:
    if re.fullmatch(r"memory://|(rediss?|unix)://\S+", text) is None:
        raise ValueError("must be memory:// or an address like redis://127.0.0.1:6379/0")
    return text


def _networks(text: str) -> str:
    if text.lower() == "none":
        return ""
    try:
        return ",".join(str(ipaddress.ip_network(part.strip())) for part in text.split(","))
    except ValueError:
        raise ValueError("must be networks parted by commas, e.g. 127.0.0.0/8,10.1.0.0/16, or none") from None


def _share(text: str) -> float:
    if text.lower() == "none":
        return 0.0
    if re.fullmatch(r"0?\.[0-9]{1,6}|[01](\.0{1,6})?", text) is None:
        raise ValueError("must be a share from 0 to 1, e.g. 0.005 for one in 200, or none")
    return float(text)


def _origins(text: str) -> str:
    """In the form that Content-Security-Policy wants them."""
    if text.lower() == "none":
        return ""
    parts = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", part) for part in parts):
        raise ValueError("must be origins parted by commas, e.g. https://desk.example,http://127.0.0.1:9000, or none")
    return " ".join(parts).lower()


def _proxies(text: str) -> int:
    if re.fullmatch("[0-9]", text) is None:
        raise ValueError("must be a number from 0 to 9")
    return int(text)


def _pages(text: str) -> int:
    if re.fullmatch("[0-9]{1,3}", text) is None:
        raise ValueError("must be a number from 0 to 999")
    return int(text)


def _web(text: str) -> str:
    if re.fullmatch(r"https?://\S+", text) is None:
        raise ValueError("must be an address like https://tsa.example/tsr")
    return text


def _days(text: str) -> int | str:
    if text.lower() == "none":
        return ""
    if re.fullmatch("[1-9][0-9]{0,4}", text) is None or int(text) > _MOST_DAYS:
        raise ValueError(f"must be a number of days from 1 to {_MOST_DAYS}, or none")
    return int(text)


def _text(text: str) -> str:
    return text


OPTIONS = (
    Option(
        "HOME", "BAITWATCH_HOME", _text, None, "数据库、密钥和模型所在的唯一文件夹。",
        "The one folder of database, keys and models.",
    ),
    Option(
        "MODEL_DIR", "BAITWATCH_MODEL", _text, None, "所用模型的文件夹。", "The folder of the model in use.",
    ),
    Option(
        "SHADOW_MODEL", "BAITWATCH_SHADOW_MODEL", _text, "",
        "候选模型（`baitwatch models list` 中的名称，或文件夹）：在后台给进行中的会话另打分，坐席看不到；不设则不打。",
        "A candidate, by its name in `baitwatch models list` or its folder, that scores live talks in the background, "
        "unseen by agents; none where not set.",
    ),
    Option(
        "DATABASE_URL", "BAITWATCH_DATABASE_URL", _text, None, "数据库地址；不设则用 SQLite 文件。",
        "The database, e.g. `postgresql://user@host/name`; a SQLite file where not set.",
    ),
    Option(
        "KEYRING", "BAITWATCH_KEYRING", _text, "", "数据密钥（JSON）；不设则用文件夹内的密钥文件。",
        "The data keys as JSON; a file of mode 0600 in the home where not set.",
    ),
    Option(
        # 64 MiB holds 5,000 messages of 4,000 Chinese characters each, far beyond any real chat; the contract's own
        # limit (5,000 x 20,000 characters, 300 MB) is for files, where one request cannot fill a worker's memory
        "MAX_CONTENT_LENGTH", "BAITWATCH_MAX_BODY_BYTES", _size, 64 * _MEBIBYTE, "请求正文的最大字节数。",
        "The largest body of a request, in bytes.",
    ),
    Option(
        "RETRY_SECONDS", "BAITWATCH_RETRY_SECONDS", _seconds, 5.0, "模型或数据库不可用时，多久后再试。",
        "How long to wait before a missing model or database is looked for again.",
    ),
    Option(
        "SEAL_SECONDS", "BAITWATCH_SEAL_SECONDS", _seconds, 60.0, "每隔多久签署一次消息日志。",
        "How often the log of arrivals is signed.",
    ),
    Option(
        "TSA_URL", "BAITWATCH_TSA_URL", _web, "", "时间戳机构（RFC 3161）的地址；设后每份证据材料都由它加盖时间戳。",
        "Address of a time authority (RFC 3161) that stamps each bundle of evidence.",
    ),
    Option(
        "TSA_CA", "BAITWATCH_TSA_CA", _text, "", "该机构时间戳须追溯到的证书文件（PEM）；不设则不核对。",
        "File with the certificates (PEM) that its time-stamps must lead to; not checked where not set.",
    ),
    Option(
        "RETENTION_DAYS", "BAITWATCH_RETENTION_DAYS", _days, "",
        "会话多少天没有新内容即删除；店铺自己设了期限的以店铺为准；不设则保留。",
        "After how many quiet days a talk is erased, where its shop has no limit of its own; kept where not set.",
    ),
    Option(
        "RANDOM_LOOKS", "BAITWATCH_RANDOM_LOOKS", _share, 0.005,
        "未被拦下的会话中随机抽看的比例（0.005 即 200 个中抽 1 个）；`none` 则不抽。抽中的概率随抽取一并保存。",
        "Of talks that nobody was told to hold, the share that is offered for a random look (0.005 is one in 200); "
        "`none` for none. The probability is stored with each draw.",
    ),
    Option(
        "OPEN_SCORING", "BAITWATCH_OPEN_SCORING", _switch, True,
        "无状态评分是否免密钥；`serve` 只在本机监听且前面没有代理时默认免。",
        "Whether what stores nothing needs no key; `serve` says no beyond this machine or behind a proxy.",
    ),
    Option(
        "RATE_LIMIT", "BAITWATCH_RATE_LIMIT", _rate, "6000/minute", "每个密钥（无密钥则每个地址）的请求上限。",
        "Requests of a key, or without one of an address; `none` for no limit.",
    ),
    Option(
        "RATE_LIMIT_STORE", "BAITWATCH_RATE_LIMIT_STORE", _counters, "memory://",
        "限速计数的存放处；多进程共用一个上限时用 `redis://…`。",
        "Where requests are counted; `redis://…` where all processes shall share one limit.",
    ),
    Option(
        "REQUEST_SECONDS", "BAITWATCH_REQUEST_SECONDS", _seconds, 60.0,
        "客户端须在多久之内发完请求、收完回答（granian 只限请求头，正文由前面的代理限时）。",
        "How long a client may take to send its request, and as long to take its answer; granian times the head of a "
        "request only, so let a proxy in front take bodies whole.",
    ),
    Option(
        "METRICS_FROM", "BAITWATCH_METRICS_FROM", _networks, "127.0.0.0/8,::1/128", "哪些网络可以读取 `/metrics`。",
        "The networks that may read `/metrics`, parted by commas; `none` for nobody.",
    ),
    Option(
        "PROXIES", "BAITWATCH_PROXIES", _proxies, 0, "前面有几层可信的反向代理。",
        "How many trusted proxies stand in front, whose word on the client's address is taken.",
    ),
    Option(
        "LIVE_PAGES", "BAITWATCH_LIVE_PAGES", _pages, 64,
        "每个进程实时更新多少个打开的控制台页面，每个占一个线程；超出的页面改为定时查询。",
        "How many open console pages each process updates live, by a thread each; further ones ask at intervals.",
    ),
    Option(
        "LIVE_SECONDS", "BAITWATCH_LIVE_SECONDS", _seconds, 300.0, "一个实时连接持续多久后重新建立。",
        "After how long a live connection is made anew.",
    ),
    Option(
        "IDLE_SECONDS", "BAITWATCH_IDLE_SECONDS", _seconds, 1800.0, "控制台多久无操作后须重新登录。",
        "How long someone who is signed in to the console may do nothing and still be.",
    ),
    Option(
        "SECURE_COOKIES", "BAITWATCH_SECURE_COOKIES", _switch, False, "控制台是否只经 https 使用。",
        "Whether the console is reached by https only; taken to be so for each request that came by it.",
    ),
    Option(
        "EMBED_ORIGINS", "BAITWATCH_EMBED_ORIGINS", _origins, "",
        "哪些来源的网页可以把一段会话嵌在旁边（`/embed/`），用逗号分开；默认都不可以。",
        "The origins whose pages may frame a talk (`/embed/`), parted by commas; none by default.",
    ),
)  # fmt: skip  # a paragraph each
"""All settings."""
