from reviews.models.clocks import ReviewClock
from reviews.models.reviews import HearingPeriod, Review

__all__ = ["HearingPeriod", "Review", "ReviewClock"]
