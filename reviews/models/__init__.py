from reviews.models.after import CareTask, Publication
from reviews.models.clocks import ReviewClock
from reviews.models.hearings import CalledHearing, HearingMember
from reviews.models.reviews import HearingPeriod, Review

__all__ = [
    "CalledHearing",
    "CareTask",
    "HearingMember",
    "HearingPeriod",
    "Publication",
    "Review",
    "ReviewClock",
]
