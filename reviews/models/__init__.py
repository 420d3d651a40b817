from reviews.models.after import CareTask, Publication
from reviews.models.clocks import ReviewClock
from reviews.models.reviews import HearingPeriod, Review

__all__ = ["CareTask", "HearingPeriod", "Publication", "Review", "ReviewClock"]
