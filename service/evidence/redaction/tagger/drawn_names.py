"""Drawn names: by frequency, everyday words, of other peoples, in Latin letters."""

from __future__ import annotations

from service.evidence.redaction.tagger.chance import Chance
from service.evidence.redaction.words import word

__all__ = ["Names"]

_SURNAMES = [sign for sign in word("surnames", "single") if sign.strip()]
_RARE = list(word("surnames", "rare"))
_COMPOUND = word("surnames", "compound").split()
_GIVEN = [sign for sign in word("given", "typical") if sign.strip()]
_POSSIBLE = [sign for sign in word("given", "possible") if sign.strip()]
_ELEMENTS = word("persons", "elements").split()


class Names(Chance):
    """Draws names; surnames and the signs of given names stand in the lists from the most frequent on."""

    def _surname(self) -> str:
        chance = self._random.random()
        if chance < 0.80:
            return f"{{n|{self._often(_SURNAMES)}}}"
        return f"{{n|{self._pick(_RARE if chance < 0.93 else _COMPOUND)}}}"

    def _name(self) -> str:
        chance = self._random.random()
        if chance < 0.38:
            name = self._word()
        elif chance < 0.45:
            name = self._other_people()
        elif chance < 0.475:
            return self._latin()
        else:
            surname = self._surname()[3:-1]
            given = "".join(
                self._often(_GIVEN) if self._chance(0.9) else self._pick(_POSSIBLE)
                for _ in range(1 if self._chance(0.25) else 2)
            )
            if self._chance(0.06):
                given = given[0] * 2
            elif self._chance(0.06):
                given = self._word()[:2]
            elif self._chance(0.05):
                given = self._pick(["阿", "小", "大", "二"]) + given[0]
            name = surname + given
        return f"{{n|{name}}}"

    def _word(self) -> str:
        chance = self._random.random()
        if chance < 0.45:
            return self._from("poetic")
        if chance < 0.9:
            return self._pick(self._everyday)
        return self._from("famous") if chance < 0.96 else self._from("brand")

    def _other_people(self) -> str:
        name = self._pick(_ELEMENTS)
        if self._chance(0.7):
            name += self._pick(_ELEMENTS)
        if self._chance(0.3):
            name += "·" + self._pick(_ELEMENTS) + (self._pick(_ELEMENTS) if self._chance(0.3) else "")
        elif self._chance(0.25):
            name = self._often(_SURNAMES) + name[:3]
        return name

    def _latin(self) -> str:
        chance = self._random.random()
        if chance < 0.45:
            name = f"{self._from('foreign')} {self._from('foreign_last')}"
        elif chance < 0.6:
            name = self._from("foreign")
        else:
            syllables = [self._from("syllables") for _ in range(self._int(1, 2))]
            name = f"{self._from('foreign_last')} {' '.join(syllables)}"
        if self._chance(0.2):
            name = name.upper()
        return f"{{n|{name}}}"
