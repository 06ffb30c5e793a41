"""Drafts made to cost time, at five lengths: where work is in proportion, it doubles when the text does."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from time import process_time

from riskmodel.conversation import Message
from riskmodel.reply import check_draft
from riskmodel.scorer import Scorer
from riskmodel.state import ConversationState

LENGTHS = (1_250, 2_500, 5_000, 10_000, 20_000)
ROUNDS = 9
# one stretch of each kind; said again and again it makes the text
HOSTILE = {
    "near-matches of phrases": "今天一定能发假一赔三全国包邮可以开发票但是不一定保证",
    "phrases that break off": "七天无理假一赔今天一全国包补发票税加微",
    "nested quotes": '“「『"‘您说今天能发’"』」”',
    "quotes that never close": '“「『"‘能发',
    "traditional, full-width, look-alikes": "今天發ＶＸ１３８能发貨ｖⅩсԛ臺灣Ⅷ①",
    "signs that nobody sees": "能\u200b发\ufe0f\u202e货e\u0301",
    "code points that fold to many": "ﷺ㍿½",
    "digits": "1380013",
    "figures and currency": "¥1,000.50元补偿块三五百¥",
    "only punctuation": "！？。，、～…·",
    "no and no again": "没有",
    "negations and hedges": "不一定没不保证尽量不是不能",
    "words in pieces": "微-信.加 v-差*评 红·包投 ",
    "yes and yes again": "好的亲可以没问题嗯嗯",
    "days and hours": "明天12点前后天周五3号之前24小时",
    "places": "新疆喀什乌鲁木齐鼓楼区北京路",
    "promises, clause by clause": "今天能发，没有发票，包邮。",
    "one character": "长",
    "white space": " \n\t",
}
_BEFORE = ("今天能发货吗，有发票吗", "包邮吗，几天到")


def _least(state: ConversationState, draft: str) -> float:
    """Milliseconds of the quickest of some checks: the curve of the work, whatever else the machine does."""
    taken = []
    for _ in range(ROUNDS):
        begun = process_time()
        check_draft(state, draft)
        taken.append(process_time() - begun)
    return 1000 * min(taken)


def run(scorer: Scorer) -> None:
    """Measure and print."""
    state = ConversationState(words=scorer.model.words, reader=scorer.model.reader)
    for number, text in enumerate(_BEFORE):
        sent_at = datetime(2026, 3, 4, 2, number, tzinfo=UTC)
        state.add_message(Message(message_id=str(number), sender="buyer", sent_at=sent_at, text=text))
    print("\nCheck of a hostile draft, in milliseconds of the processor; factor of a doubling of its length")
    print(f"  {'characters':36}" + "".join(f"{length:9,}" for length in LENGTHS) + "     mean  largest")
    for kind in HOSTILE:
        taken = [_least(state, (HOSTILE[kind] * length)[:length]) for length in LENGTHS]
        factors = [after / before for before, after in pairwise(taken)]
        mean = (taken[-1] / taken[0]) ** (1 / len(factors))
        print(f"  {kind:36}" + "".join(f"{each:9.2f}" for each in taken) + f"{mean:9.2f}{max(factors):9.2f}")
