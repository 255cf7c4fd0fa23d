"""Factories of findings, in terms that hold for many responses; the lines of one response make it a finding."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from .finding import Finding
from .finding_rules.base import Hit, Within
from .observation import Observation, Occurrence

MAX_LINES = 240
"""Lines of a finding that is remembered, so that memory stays small whatever is sent."""
MAX_REMEMBERED = 64
"""Findings that a factory remembers, one for each set of lines."""

Lines = tuple[int, ...]
_Worder = Callable[[str, Hit, Lines], Finding]


class FindingFactory:
    """A factory of one finding: hits of one rule and path, of which the first has the words."""

    __slots__ = ("_findings", "_word", "hit", "key", "rule", "spots")

    def __init__(self, rule: str, hit: Hit, word: _Worder) -> None:
        self.hit = hit
        self.rule = rule
        self.key = f"{rule}:{hit.path}"
        self.spots = [hit.at]
        self._word = word
        self._findings: dict[Lines, Finding] | None = None

    def finding(self, lines: Lines) -> Finding:
        """Return the finding with its lines."""
        if self._findings is None:
            self._findings = {}
        finding = self._findings.get(lines)
        if finding is None:
            finding = self._word(self.rule, self.hit, lines)
            if len(lines) <= MAX_LINES:
                if len(self._findings) >= MAX_REMEMBERED:
                    self._findings.clear()
                self._findings[lines] = finding
        return finding


class RowFindings:
    """The factories about the rows of a response, in the order in which they are told."""

    def __init__(self, factories: Sequence[FindingFactory]) -> None:
        self._factories = factories
        self._paths = frozenset(
            path
            for factory in factories
            for spot in factory.spots
            for path in _paths_to(factory.hit.path, spot)
        )
        self._on_line: dict[int, tuple[Finding, ...]] = {}

    def about(self, path: str, seen: Observation) -> list[tuple[Finding, Hit]]:
        """Return the findings about one row, each with its first hit."""
        findings = zip(self._factories, self.findings(seen), strict=True)
        return [(finding, factory.hit) for factory, finding in findings if factory.hit.path == path]

    def findings(self, seen: Observation) -> Sequence[Finding]:
        """Return the findings about a response."""
        line = seen.only_line
        if line is not None:
            if line not in self._on_line:
                if len(self._on_line) >= MAX_REMEMBERED:
                    self._on_line.clear()
                self._on_line[line] = tuple([factory.finding((line,)) for factory in self._factories])
            return self._on_line[line]
        positions = _Positions(seen, self._paths)
        return [factory.finding(lines_of(seen, positions.of(factory))) for factory in self._factories]


def lines_of(seen: Observation, positions: Sequence[int]) -> Lines:
    """Return the lines of some positions, each once and in order."""
    if seen.only_line is not None:
        return (seen.only_line,)
    if len(positions) == 1:
        return (seen.line(positions[0]),)
    return tuple(sorted(set(map(seen.line, positions))))


def _paths_to(path: str, spot: Occurrence | Within | None) -> Iterable[str]:
    """Return the paths of the elements that have to be found."""
    if spot is None:
        return (path,)
    if not isinstance(spot, Within):
        return ()
    around = spot.occurrence.path
    return [*([around] if around else []), *_paths_between(spot)]


def _paths_between(spot: Within) -> list[str]:
    """Return the paths between a container and what would be in it."""
    steps = spot.path.split("/")
    first = len(spot.occurrence.path.split("/")) + 1 if spot.occurrence.path else 1
    return ["/".join(steps[:length]) for length in range(first, len(steps))]


class _Positions:
    """The positions of elements in one response."""

    def __init__(self, seen: Observation, paths: frozenset[str]) -> None:
        self._found = seen.find(paths) if paths else {}
        self._ended: dict[str | None, list[int]] = {}
        for path, at, _ in seen.containers:
            self._ended.setdefault(path, []).append(at)
        self._begun = {path: sorted(positions) for path, positions in self._ended.items()}

    def of(self, factory: FindingFactory) -> list[int]:
        """Return the positions of a factory."""
        positions: list[int] = []
        for spot in factory.spots:
            if spot is None:
                positions += self._found.get(factory.hit.path, ())
            elif isinstance(spot, Within):
                positions.append(self._deepest(spot))
            else:
                positions.append(self._ended[spot.path][spot.number])
        return positions

    def _deepest(self, spot: Within) -> int:
        path, number, _ = spot.occurrence
        at = self._ended[path][number]
        # Of an element in no row, occurrences that lack nothing are no containers; they are found by its path.
        begun = self._found.get(path or "") or self._begun[path]
        after = bisect_right(begun, at)
        end = begun[after] if after < len(begun) else 1 << 62
        for above in _paths_between(spot):
            positions = self._found.get(above, [])
            first = bisect_right(positions, at)
            if first == len(positions) or positions[first] >= end:
                break
            at = positions[first]
        return at
