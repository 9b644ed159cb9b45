"""Who comes, and how quickly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Scenario:
    """So many people, all at once or one in `every` seconds.

    After a `long` one the code may hold no more memory than before.
    """

    people: int
    every: float = 0
    long: bool = False

    @property
    def name(self) -> str:
        """Its first column in the tables."""
        return f"{self.people}, one in {self.every:g} s" if self.every else f"{self.people} at once"

    @property
    def bound(self) -> float:
        """Seconds after which it is broken off: the time to come, and 8 s for each video."""
        return 120 + self.people * (self.every + 8)


# These publish what the people of a scenario watch and vote for.
SEED = Scenario(3)
SCENARIOS = {
    "smoke": (Scenario(5),),
    "crowd": (Scenario(100), Scenario(200), Scenario(300)),
    "ramp": (Scenario(300, every=1),),
    # Ten minutes, and so slowly that two cores make the videos as they come.
    "soak": (Scenario(120, every=5, long=True),),
}
# Without a name: all but the soak.
USUAL = ("smoke", "crowd", "ramp")


def chosen(names: Iterable[str], people: int | None = None) -> list[Scenario]:
    """The scenarios of these names, each once; with another number of people for small tries."""
    named = [scenario for name in names for scenario in SCENARIOS[name]]
    if people is not None:
        named = [replace(scenario, people=people) for scenario in named]
    return list(dict.fromkeys(named))
