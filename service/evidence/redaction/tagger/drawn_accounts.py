"""Drawn accounts and numbers: invented, the numbers in ranges that nobody has, as in the written sets."""

from __future__ import annotations

from service.evidence.redaction.tagger.drawn_names import Names

__all__ = ["Accounts"]


class Accounts(Names):
    """Draws ids, and numbers that have a form of their own."""

    def _messenger(self) -> str:
        return self._from("messenger")

    def _handle(self) -> str:
        syllables = [self._from("syllables").lower() for _ in range(self._int(1, 3))]
        stem = self._pick(
            [
                "".join(syllables),
                syllables[0],
                self._from("foreign").lower(),
                "".join(self._pick(list("abcdefghjklmnpqrstwxyz")) for _ in range(self._int(2, 6))),
            ]
        )
        joint = self._pick(["", "", "_", "-", "_", "."])
        tail = self._pick(
            [
                self._digits(self._int(2, 6)),
                str(self._int(1975, 2012)),
                "520",
                "888",
                "hk",
                "xx",
                self._from("syllables").lower(),
                "0" + self._digits(3),
            ]
        )
        handle = stem + joint + tail
        if self._chance(0.1):
            handle = f"{self._int(1, 9)}{handle}"
        elif self._chance(0.12):
            handle = (
                "".join(syllables)
                + self._pick(["_", "-"])
                + self._pick(
                    ["cake", "love", "xx", "qq", "zai", "ya", "hk", "boss", "shop", *self._lists["syllables"]]
                ).lower()
            )
        if self._chance(0.12):
            handle = "wxid_" + self._digits(3) + stem + self._digits(3)
        if self._chance(0.1):
            handle = handle.upper() if self._chance(0.3) else handle.title()
        return handle if len(handle) > 5 else handle + self._digits(4)

    def _account(self) -> str:
        chance = self._random.random()
        if chance < 0.30:
            number = str(self._int(1, 9)) + self._digits(self._int(5, 10))
            if self._chance(0.1):
                number = " ".join(number)
            elif self._chance(0.1):
                number = "".join("零一二三四五六七八九"[int(sign)] for sign in number)
            return f"{{c|{number}}}"
        return f"{{c|{self._handle()}}}"

    def _nick(self) -> str:
        front = self._word()
        middle = self._pick(
            ["", self._word(), "的" + self._word(), "呀", "不" + self._word(), "爱" + self._word()]
        ) + self._pick(["", "_", ""])
        return f"{{c|{front}{middle}{self._digits(self._int(2, 5))}}}"

    def _spelled(self) -> str:
        asked = self._pick(["加", "+", "找我", "搜", "联系", "我的"]) + self._messenger()
        return asked + self._pick(["", " ", ":", "：", "~", "→", "是", ">>"]) + self._account()

    def _phone(self) -> str:
        number = f"1{self._pick(list('3578'))}{self._int(0, 9)}0000{self._digits(4)}"
        if self._chance(0.12):
            number = f"{number[:3]}{self._pick([' ', '-'])}{number[3:7]}{self._pick([' ', '-'])}{number[7:]}"
        elif self._chance(0.06):
            number = f"0{self._int(21, 999)}-{self._int(20, 89)}00{self._digits(4)}"
        return f"{{p|{number}}}"

    def _identity(self) -> str:
        county, year = f"{self._int(11, 65)}01{self._int(10, 30)}", f"20{self._int(90, 99)}"
        return f"{{i|{county}{year}{self._int(10, 12)}{self._int(10, 28)}{self._digits(3)}X}}"

    def _card(self) -> str:
        return f"{{b|{self._from('issuer')}{self._digits(13)}}}"

    def _email(self) -> str:
        return f"{{e|{self._handle().lower()}@{self._from('provider')}}}"

    def _link(self) -> str:
        return f"{{l|https://item.taobao.com/item.htm?id={self._digits(12)}}}"

    def _order(self) -> str:
        return self._pick(
            [
                self._digits(18),
                "SF" + self._digits(13),
                "YT" + self._digits(13),
                "JD" + self._digits(12),
                self._digits(12),
                self._digits(6),
            ]
        )

    def _model(self) -> str:
        letters = "".join(self._pick(list("ABCDEGHKLMNPRSTVXZ")) for _ in range(self._int(1, 3)))
        return (
            letters
            + self._pick(["-", "", " "])
            + self._digits(self._int(2, 5))
            + self._pick(["", "A", "B", "-2", "Pro"])
        )

    def _code(self) -> str:
        return self._pick(
            [f"{self._int(1, 30)}-{self._int(1, 9)}-{self._int(1000, 9999)}", self._digits(6), self._digits(4)]
        )
