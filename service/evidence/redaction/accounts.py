"""Ids on WeChat, QQ and other messengers, found by the word that introduces them, and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.evidence.redaction.folding import Folded, Span
from service.evidence.redaction.words import HAN, alternatives

__all__ = ["find_chat_accounts", "find_emails"]

_PART = r"[ .·\-_/|*]{0,2}"  # inside an evasive spelling: v x, 扣-扣
# the spellings of public lists; after folding ❤ stands for every heart and × for x
_MESSENGER = (
    rf"(?<!企业)[微薇威维徽]{_PART}[信❤芯x]|卫星|[微薇威](?:[号:]|xin|(?=[: ]{{1,2}}[a-z0-9]))"
    rf"|(?<![a-z])(?:v{_PART}[x信❤]|w{_PART}x|q{_PART}q|weixin|wechat|telegram|whatsapp|[qv](?=[: ]?[:0-9]))"
    rf"|扣{_PART}扣|企鹅|球球|[扣qv]号|扣群|扣(?=[: ]?[:0-9])"
    r"|[加+](?:我|个|一下|下|你)?(?:[微薇威扣企❤]|[vwq](?![a-z])|v(?=[a-z]))|的v(?=[a-z0-9])"
    r"|微[`'’信x芯❤]{1,2}|w ?e ?i ?(?:xin|信)|wx?信|[vw]信|微博|q我|扣我"
    rf"|{alternatives('accounts', 'evasive')}|[q扣鹅]?群(?=[: ]?[1-9])"
    rf"|(?<![a-z])(?:{alternatives('accounts', 'platforms')})"
    r"(?:账?号|id|私聊|私信|搜|找|[: ]{0,2}@|(?=[: ]?[a-z0-9_.]*[0-9_]))"
)
_FILL = (
    r"(?:号码?|账号|id|给[你您]|发[你您]|就是|是|为|加我?|搜|我的?|的|私聊|好友|[吧呗哦哈啊]|详谈|聊|说|联系|同号|同名"
    r"|个人|私人|不?是|都?行|都?可以|找|同步|[:=,~→>👉(\"“「@\n /-]){0,6}"
)
_CONNECTED = re.compile("[:=@号是为搜加的]|id")  # what makes a plain word behind it an id
_LETTERED = r"(?:(?:[a-z]|[0-9](?=[a-z0-9]{0,8}[a-z]))[a-z0-9_\-.]{3,23}[a-z0-9_\-](?![a-z0-9_]))"
_FIGURED = r"(?:[1-9](?:[ .\-]?[0-9]){4,11}(?![0-9a-z])(?! ?(?:元|块|件|%|个|年|天|万|人|粉|多|条|支)))"
_AFTER = re.compile(rf"(?P<cue>{_MESSENGER})(?P<fill>{_FILL})(?P<id>{_LETTERED}|{_FIGURED})")
_CODE_BEHIND = r"\.(?:jpg|png|mp4|pdf|zip)"
_BEFORE = re.compile(
    rf"(?<![a-z0-9_])(?P<id>{_LETTERED}|{_FIGURED})[ ,)]{{0,2}}这?个?(?P<is>就是|是|为)?"
    rf"我们?(?:老板)?的?(?:私人|个人|工作)?(?:{_MESSENGER})(?!群)"
)
_ADD_ME = re.compile(
    rf"(?:加我好友|加我|加好友|加[一1]下我?|加了|加下|找我|扣[一1]下我)[: ,]{{0,2}}(?P<id>{_LETTERED}|{_FIGURED})"
    rf"|搜索?[: ]{{0,2}}(?P<sought>{_LETTERED}|{_FIGURED})(?=.{{0,3}}加)"
)

# what has an underline is an id wherever it stands; otherwise a word such as 加 or 找 has to be near
_HANDLE = re.compile(
    r"(?<![a-z0-9_./\-@])@?(?P<id>(?=[a-z0-9]{0,20}_[a-z0-9_])[a-z][a-z0-9_\-]{5,23}"
    rf"(?![a-z0-9_@.\-]|{_CODE_BEHIND}))"
)
_ASKED = re.compile(
    r"(?:加[了过]?|加一下|找|联系|私聊|私信|搜索?|(?:我|他|她)?朋友)[: @]{0,2}"
    r"(?P<id>(?=[a-z_\-]{0,20}[0-9])[a-z][a-z0-9_\-]{4,19}(?![a-z0-9_]))"
)
# letters and figures together near a word of asking: 加一下这个 abc12300, 我的号是 lin_0521
_NEAR = re.compile(
    rf"(?:[加找搜私聊微薇威]|联系|好友|昵称|账号|号是|号:|id)[{HAN}:, \"“(]{{0,8}}"
    r"(?P<id>(?=[a-z_\-.]{1,20}[0-9])[a-z][a-z0-9_\-.]{4,22}[a-z0-9](?![a-z0-9_@/]))"
)
_NO_HANDLE = re.compile(
    "(?:型号|运单|订单|快递|面单|机型|车架号|设备号|条码|税号|款号|货号|编号|单号|sku|批号|序列号|文件|图|版本)[: ]?$"
)
# the id on 旺旺 may be in Chinese: 旺旺是清风徐来7710
_WANGWANG = re.compile(
    rf"(?:淘宝)?旺旺号?[名是为: ]{{0,2}}"
    rf"(?P<id>[{HAN}][{HAN}a-z0-9_]{{1,18}}[0-9_](?![0-9a-z_]))"
)
_NEXT = re.compile(rf"[、,/和或 ]{{1,2}}(?P<id>{_LETTERED}|{_FIGURED})")

_AT = r" ?(?:@|艾特|\(at\)|\[at\]|【at】|#(?=(?:[a-z0-9\-]{1,20}\.){1,2}(?:com|cn|net)|qq|163|126)) ?"
_DOT = r" ?[.。点] ?"
_PROVIDERS = "qq|163|126|139|189|gmail|outlook|hotmail|foxmail|sina|sohu|yeah|icloud|aliyun|yahoo"
_EMAIL = re.compile(
    rf"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{{0,63}}(?:\n[a-z0-9._%+\-]{{1,30}})?{_AT}"
    rf"(?:(?:[a-z0-9\-]{{1,63}}{_DOT}){{1,4}}[a-z]{{2,12}}(?![a-z0-9])|(?:{_PROVIDERS})(?![a-z0-9]))"
)
_EMAIL_HINT = re.compile("@|艾特|at|#")


def find_chat_accounts(folded: Folded) -> Iterator[Span]:
    """Ids after 微信, vx, 扣扣 and the like in any public spelling, or before 是我微信, or after 加我."""
    text = folded.figures
    for match in _AFTER.finditer(text):
        plain_word = match["id"].isalpha()
        if not plain_word or _CONNECTED.search(match["cue"][-1:] + match["fill"]):
            yield match.span("id")
            if (other := _NEXT.match(text, match.end())) and not other["id"].isalpha():
                yield other.span("id")
    for match in _BEFORE.finditer(text):
        if match["is"] or not match["id"].isalpha():
            yield match.span("id")
    for match in _ADD_ME.finditer(text):
        group = "id" if match["id"] else "sought"
        if not match[group].isalpha():
            yield match.span(group)
    for pattern in (_HANDLE, _ASKED, _NEAR):
        for match in pattern.finditer(folded.text):
            if not _NO_HANDLE.search(folded.text, max(0, match.start("id") - 6), match.start("id")):
                yield match.span("id")
    yield from (match.span("id") for match in _WANGWANG.finditer(text))


def find_emails(folded: Folded) -> Iterator[Span]:
    """Addresses, also with 艾特, (at) or 点, and with the provider alone behind the sign."""
    if _EMAIL_HINT.search(folded.text):
        yield from (match.span() for match in _EMAIL.finditer(folded.text))
