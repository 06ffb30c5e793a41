"""Conditional demands: the parts of a condition, what is tied to what, and the many sentences that set none."""

from __future__ import annotations

import pytest
from hypothesis import given
from strategies import texts

from riskmodel.errors import CatalogueError
from riskmodel.signals import load_lexicon, threat_parts
from riskmodel.signals.threat import Threat, find_threats, load_kinds

LEXICON = load_lexicon()
KINDS = load_kinds()


def threats(text: str) -> list[Threat]:
    return find_threats(LEXICON.read(text))


def kinds(text: str) -> list[str]:
    return [threat.kind for threat in threats(text)]


@pytest.mark.parametrize(("kind", "text"), [(entry.kind, text) for entry in KINDS.values() for text in entry.examples])
def test_example_is_of_its_kind(kind: str, text: str) -> None:
    """Each example of a kind is read as that kind and no other."""
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    ("kind", "text"), [(entry.kind, text) for entry in KINDS.values() for text in entry.counter_examples]
)
def test_counter_example_is_not(kind: str, text: str) -> None:
    """No counter-example of a kind is read as that kind."""
    assert kind not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "都五天了还不发货，再不发我真投诉了",
        "锅底裂了，今天不给我换我就打一星",
        "你们再不回复，我只能找平台介入了",
        "退货钱到现在没退，周五之前不退就12315",
        "要么今天把发票开出来，要么我去税务局问",
        "鞋子开胶，修不好就给我退了，不然差评",
        "没人理我是吧，再不理我直接差评",
        "差的那两包补发过来，否则一星，我说到做到",
        "运费说好你们出的，不退运费我投诉",
        "道个歉很难吗，今天不道歉就差评伺候",
        "页面写坏果包赔，按比例赔我，不然我找小二介入",
        "假的就该退一赔三，不同意就12315",
        "雪柜壞了冇人上門，再唔處理，不解決就投訴",
        "收到空盒，不给个说法我就起诉",
        "快点安排发货，要不然我给差评了",
        "说好价保的，差价不补我就举报",
        "如果明天还没处理好，我会申请平台介入",
        "抽屉少了滑轨，补寄过来我就把中评改了",
        "只要你们把货发出来，我就不投诉",
        "押金不退的话消协见",
    ],
)
def test_angry_and_honest(text: str) -> None:
    """Whoever wants what the shop owes, however sharply, asks for a duty; nothing else is read into it."""
    assert kinds(text) == ["duty_or_complaint"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money_or_complaint", "赔五百，少一分我就去工商"),
        ("money_or_complaint", "要么三百要么一星，你自己选"),
        ("money_or_complaint", "不打钱过来就等着被举报吧"),
        ("money_or_complaint", "杯子我留着，给我200，不然曝光你们店"),
        ("money_or_complaint", "再补我八十块，否则每单都给差评"),
        ("money_or_complaint", "退款之外再加一百，不然律师函"),
        ("money_or_complaint", "意思一下吧，不然评论区见"),
        ("money_or_complaint", "只退款，东西不寄回，不同意就投诉"),
        ("money_or_complaint", "不发个红包，差评就挂一年，看着办"),
        ("money_or_complaint", "賠我一千塊，否則投訴到底"),
        ("money_or_complaint", "不给两千我就让网友评评理，发小红书"),
        ("goods_or_complaint", "另外白送两袋，不然一颗星"),
        ("goods_or_complaint", "要么免费给一台新款要么我举报"),
        ("goods_or_complaint", "不多发几盒的话就给差评"),
        ("review_for_money", "红包发来我就把差评删了"),
        ("review_for_money", "想要好评是吧，先转我50，改五星很快"),
        ("review_for_money", "88块，差评我删"),
        ("review_for_money", "返现二十我就给好评"),
        ("review_for_money", "给80撤评，不给就再追评一条"),
        ("review_for_money", "送我一套刷子，评价马上改好评"),
        ("review_for_money", "打款到账之后差评删掉"),
        ("withdrawal_for_money", "补偿三百元，投诉马上撤销"),
        ("withdrawal_for_money", "一千五我就撤案，今天有效"),
        ("withdrawal_for_money", "想让我撤举报，先给六百"),
        ("withdrawal_for_money", "给钱就不投诉，不给就继续"),
        ("withdrawal_for_money", "两百块封口，大家都好过"),
        ("withdrawal_for_money", "送我一台新的我就撤诉"),
        ("unclear", "你们自己看着办，差评我已经编辑好了"),
        ("unclear", "想清楚，别怪我去举报"),
        ("unclear", "要不然我就曝光"),
        ("unclear", "赔我三十这事就算了"),
    ],
)
def test_what_is_tied_to_what(kind: str, text: str) -> None:
    """Money, goods, a review, a complaint: the kind names the two things that the sentence ties together."""
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "你好，什么时候发货",
        "不然就要黑色的吧",
        "要么蓝色要么绿色，都行",
        "质量很差，我要给差评",
        "我已经投诉了，等平台处理",
        "我要投诉你们不发货",
        "怎么投诉快递员",
        "再不送到我就投诉快递了，跟你们没关系",
        "差评是因为尺码不对",
        "不会给差评的，放心",
        "没想投诉，就想问问什么时候退款",
        "今天能发的话给你五星好评",
        "收到没问题一定给好评",
        "你们赔付规则是什么",
        "可以赔我运费吗",
        "晚发货会赔吗，12315说有规定",
        "退款到账了，投诉我撤销了",
        "差评已经帮你们删了哈",
        "给我换个新的就算了",
        "你看着办吧，我不懂这个",
        "这款看评价说掉色，是不是真的",
        "好评返现的卡片怎么领",
        "如果不合适可以退吗",
        "不然我再拍一单",
        "等着收货呢，快点发哦",
        "客服态度好，解决了就好",
        "12315是什么",
        "七天无理由，我退货就行",
        "电商法规定要开发票的",
        "就差评价没写了",
        "朋友说不发货可以找平台，我先问问你们",
        "退不退都行，差评肯定不会给的",
    ],
)
def test_no_condition(text: str) -> None:
    """Questions, reports, rights, plans, thanks and choices of colour set no condition."""
    assert kinds(text) == []


def test_parts_are_quoted() -> None:
    """The spans of a condition cut out what is asked, threatened and offered."""
    text = "给50我就删差评，不给就投诉"
    (threat,) = threats(text)
    cut = {name: text[slice(*getattr(threat, name))] for name in ("asked", "threatened", "exchange")}
    assert cut == {"asked": "50", "threatened": "投诉", "exchange": "我就删差评"}
    assert text[threat.start : threat.end] == "50我就删差评，不给就投诉"


def test_voice_input_and_traditional_characters() -> None:
    """A condition without any punctuation, and one in traditional characters, are read like the same in simplified."""
    assert kinds("那个就是你们再不发货的话我就要去投诉你们了") == ["duty_or_complaint"]
    assert kinds("紅包發過來我就把差評刪了") == kinds("红包发过来我就把差评删了") == ["review_for_money"]


@pytest.mark.parametrize("text", ["赔三百 不然差-评", "给个红.包我就删差*评", "不转账就举_报你们"])
def test_words_in_pieces(text: str) -> None:
    """Signs strewn into the words of a condition hide nothing."""
    assert kinds(text) == kinds(text.replace("-", "").replace(".", "").replace("*", "").replace("_", "")) != []


@given(text=texts())
def test_parts_lie_in_the_condition(text: str) -> None:
    """Every part is a stretch of the text within its condition; conditions come in order, none without one."""
    found = threats(text)
    assert [threat.threatened or threat.exchange for threat in found] == sorted(
        threat.threatened or threat.exchange or (0, 0) for threat in found
    )
    for threat in found:
        parts = [part for part in (threat.threatened, threat.asked, threat.exchange) if part is not None]
        assert (threat.start, threat.end) == (min(start for start, _ in parts), max(end for _, end in parts))
        assert all(start < end for start, end in parts)
        assert threat.threatened or threat.exchange
        assert threat.asked or threat.kind == "unclear"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text", ["差评删评", "不退就投诉", "否则", "给200我就删评，", "要么", "200", "差 评 ", "不", "，"]
)
def test_text_stuffed_with_parts(text: str) -> None:
    """20,000 characters of nothing but parts come to an end, and no condition reaches over more than a few clauses."""
    stuffed = (text * 20_000)[:20_000]
    assert all(threat.end - threat.start <= 1_000 for threat in threats(stuffed))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"parts": {"money": "no_such_thing"}, "kinds": []}, "threat: unknown concepts: no_such_thing"),
        ({"parts": {"money": "A B"}, "kinds": []}, r"threat: parts\.money"),
        ({"parts": {}, "kinds": [{"kind": "guilty"}]}, r"threat: kinds\.0\.kind"),
    ],
)
def test_data_that_does_not_fit(monkeypatch: pytest.MonkeyPatch, content: object, says: str) -> None:
    """An unknown concept or kind in the data is refused by name."""
    monkeypatch.setattr(threat_parts, "read_yaml", lambda *path: content)
    with pytest.raises(CatalogueError, match=says):
        threat_parts.vocabulary.__wrapped__()
