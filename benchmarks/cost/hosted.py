"""What two hosted services would ask for the same month, by the public prices of one plan each.

They are no copies of Fragua, nor it of them: docs/costs.md says what each lacks. A GB is 2^30 bytes
here, too; where they mean 10^9, they cost up to 7 % more.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.cost.bill import Use
from benchmarks.cost.weighing import GB


@dataclass(frozen=True)
class Allowance:
    """So many are in the plan, each that goes beyond costs so much."""

    included: float
    beyond: float

    def of(self, quantity: float) -> float:
        """Dollars for so many."""
        return max(0.0, quantity - self.included) * self.beyond


@dataclass(frozen=True)
class Plan:
    """A plan's dollars a month, and its allowances: GB kept, GB sent, files uploaded."""

    name: str
    monthly: float
    kept: Allowance
    sent: Allowance
    uploads: Allowance

    def dollars(self, use: Use) -> float:
        """Price a month; pictures, videos and views of products are left out."""
        kept, sent = use.uploads * use.size / GB, use.downloads * use.size / GB
        variable = (self.kept.of(kept), self.sent.of(sent), self.uploads.of(use.uploads))
        return self.monthly + sum(variable)


_ANY_NUMBER = Allowance(0, 0)

PLANS = (
    # https://supabase.com/docs/guides/platform/billing-on-supabase (supabase/supabase at 124cddf)
    # and .../your-monthly-invoice (at 0a7098d).
    Plan("Supabase Pro", 25, Allowance(100, 0.021), Allowance(250, 0.09), _ANY_NUMBER),
    # The plan: https://filestack.com/?p=4829. What goes beyond, for storage no price, so that of a
    # bucket of one's own: https://www.filestack.com/docs/knowledge-base/files/plan-restrictions.
    Plan(
        "Filestack Scale",
        379,
        Allowance(350, 0.023),
        Allowance(400, 0.10),
        Allowance(125_000, 5 / 2500),
    ),
)
