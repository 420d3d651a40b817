"""By which recorded steps a clock starts and stops, in words; and those a district may choose for a code of its own.

The rooms above name both, from their own tables: this room knows steps as words only, and the pages and
``explain_deadline`` say what the code does.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from deadlines.models import Rule

#: Said of a code of the district's own, whatever its stop steps.
ENDS_WITH_CASE = "本件不予受理、转走密存或者办结归档时也停止。"


@dataclass(frozen=True)
class Course:
    """By which steps a clock starts and stops, in the words of the screens."""

    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    note: str = ""

    @property
    def sentence(self) -> str:
        """由“转送”“交办”起算，到“受理”止。; empty where nothing is known."""
        if not self.starts and not self.stops:
            return self.note
        starts = f"由{quoted(self.starts)}起算" if self.starts else ""
        stops = f"到{quoted(self.stops)}止" if self.stops else ""
        return f"{'，'.join(part for part in (starts, stops) if part)}。{self.note}"


@dataclass(frozen=True)
class Acts:
    """The acts of the case's table. ``follows(start, stop)``: whether the second can come while the case the first was
    done to is still open. ``starting``: those after which a case may be open at all. ``groups``: headings with the acts
    below each, in the order of a case's way."""

    words: Mapping[str, str]
    starting: frozenset[str]
    follows: Callable[[str, str], bool]
    groups: Sequence[tuple[str, Sequence[str]]] = ()

    def choices(self, among: Container[str]) -> list[tuple[str, list[tuple[str, str]]]]:
        """The acts of ``among`` below their headings, as a box of choices takes them; no heading stands alone."""
        found = (
            (title, [(act, self.words[act]) for act in acts if act in among]) for title, acts in self.groups
        )
        return [(title, options) for title, options in found if options]


_courses: dict[str, list[Callable[[], Course]]] = {}
_acts: list[Acts] = []


def register(code: str, course: Callable[[], Course]) -> None:
    """Of a code that ships; asked for when it is read. A code that two rooms use is told of both."""
    _courses.setdefault(code, []).append(course)


def name(code: str, starts: Iterable[str], stops: Iterable[str], note: str = "") -> None:
    """The same in words that are known at once."""
    course = Course(tuple(starts), tuple(stops), note)
    register(code, lambda: course)


def offer(acts: Acts) -> None:
    """The acts of the case; by the room that has them."""
    _acts[:] = [acts]


def offered() -> Acts:
    """Without a room above there are none."""
    return _acts[0] if _acts else Acts({}, frozenset(), lambda _start, _stop: False)


def of_code(code: str) -> Course:
    """Of a code that ships: everything that any room names."""
    found = [course() for course in _courses.get(code, ())]
    return Course(
        _once(word for one in found for word in one.starts),
        _once(word for one in found for word in one.stops),
        "".join(one.note for one in found),
    )


def of(rule: Rule) -> Course:
    """Of a version: the district's own codes carry their steps themselves."""
    if not rule.own:
        return of_code(rule.code)
    words = offered().words
    return Course(_words(rule.start_acts, words), _words(rule.stop_acts, words), ENDS_WITH_CASE)


def quoted(words: Iterable[str]) -> str:
    return "".join(f"“{word}”" for word in words)


def _words(acts: Sequence[str], words: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(words.get(act, act) for act in acts)


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
