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
_DOT = "[.。点]"
_SITE = "|".join(site.replace(".", _DOT) for site in _SITES.split())
# what a path or query may hold; a link ends at the first Chinese character or space
_REST = r"[a-z0-9\-._~/?#@!$&'()*+;=%]"
_LINK = re.compile(
    rf"(?<![a-z0-9@\-.])(?:https?://|weixin://)?(?:[a-z0-9\-]{{1,40}}{_DOT}){{0,5}}(?:{_SITE})(?::[0-9]{{1,5}})?[/?]{_REST}{{0,1500}}"
)
# with what a copied code has in front: 8₤…₤, ￥CZ0011 …￥
_CODE = re.compile(
    r"(?:[0-9]{1,2}(?=[^¥$€]))?[¥$€£₤₴₳₵₰¢₽₲](?:[a-z]{2}[0-9]{4} )?"
    r"(?=[a-z]*[0-9]|[0-9]*[a-z])[a-z0-9]{8,14}[¥$€£₤₴₳₵₰¢₽₲]"
    rf"|#小程序://[^ ,。\n]{{1,40}}/{_REST}{{4,40}}"
)
# a shop of its own below a site: shop700001234.taobao.com
_SHOP = re.compile(
    rf"(?<![a-z0-9@\-.])(?:https?://)?(?=[a-z0-9\-.]{{0,60}}?[0-9]{{4}})"
    rf"(?:[a-z0-9\-]{{1,40}}{_DOT}){{1,4}}(?:{_SITE})(?![a-z0-9.\-])"
)
# elsewhere: what has an id in its path or a query leads to one item, order or account; a page of an office stays
_ELSEWHERE = re.compile(
    rf"(?<![a-z0-9@\-.])(?:https?://(?:[a-z0-9\-]{{1,40}}{_DOT}){{1,5}}[a-z]{{2,10}}|www(?:{_DOT}[a-z0-9\-]{{1,40}}){{2,4}})(?::[0-9]{{1,5}})?"
    rf"(?=[/?])(?P<rest>{_REST}{{1,1500}})"
)
_ID = re.compile(r"[?&][a-z_]+=|/(?=[a-z0-9_\-]{0,40}[0-9])[a-z0-9_\-]{5,}")
_OF_AN_OFFICE = re.compile(r"[.。](?:gov|edu|org)(?:[.。]|[/?:]|$)")
_TRAILING = ".,;!?)'"


def find_links(folded: Folded) -> Iterator[Span]:
    """Links with a path or query into the sites, and codes between signs of money."""
    text = folded.text
    for match in _LINK.finditer(text):
        yield match.start(), match.start() + len(match[0].rstrip(_TRAILING))
    for pattern in (_CODE, _SHOP):
        yield from (match.span() for match in pattern.finditer(text))
    for match in _ELSEWHERE.finditer(text):
        if _ID.search(match["rest"]) and not _OF_AN_OFFICE.search(match[0].split("?")[0]):
            yield match.start(), match.start() + len(match[0].rstrip(_TRAILING))
