"""Links into shops, orders and accounts, with the codes that stand for one (淘口令).

A link to an item or an order carries ids of orders, sessions or persons. Other links, say to an office, stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.evidence.redaction.folding import Folded, Span

__all__ = ["find_links"]

# Shops' sites, their short links, and links that are an account (a WeChat or Alipay code as an address).
_SITES = (
    "taobao.com tmall.com tmall.hk tb.cn 1688.com alipay.com jd.com jd.hk 3.cn pinduoduo.com yangkeduo.com pdd.cn "
    "douyin.com jinritemai.com iesdouyin.com kuaishou.com kwai.com xiaohongshu.com xhslink.com weidian.com "
    "goofish.com suning.com vip.com u.wechat.com wxp.qq.com weixin.qq.com ebay.com etsy.com amazon.com amazon.cn"
)
_DOT = r"[.。]"
_SITE = "|".join(site.replace(".", _DOT) for site in _SITES.split())
# what a path or query may hold; a link ends at the first Chinese character or space
_REST = r"[a-z0-9\-._~/?#@!$&'()*+;=%]"
_LINK = re.compile(
    rf"(?<![a-z0-9@\-.])(?:https?://|weixin://)?(?:[a-z0-9\-]{{1,40}}{_DOT}){{0,5}}(?:{_SITE})(?::[0-9]{{1,5}})?[/?]{_REST}{{0,1500}}"
)
_CODE = re.compile(r"[¥$€£₤₴₳₵₰¢](?=[a-z]*[0-9]|[0-9]*[a-z])[a-z0-9]{8,14}[¥$€£₤₴₳₵₰¢]")
_TRAILING = ".,;!?)'"


def find_links(folded: Folded) -> Iterator[Span]:
    """Links with a path or query into the sites, and codes between signs of money."""
    text = folded.text
    for match in _LINK.finditer(text):
        yield match.start(), match.start() + len(match[0].rstrip(_TRAILING))
    yield from (match.span() for match in _CODE.finditer(text))
