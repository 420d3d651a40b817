from documents.models.papers import Delivery, Paper, PaperFrozen
from documents.models.series import PaperCounter, PaperSeries
from documents.models.templates import PaperTemplate

__all__ = ["Delivery", "Paper", "PaperCounter", "PaperFrozen", "PaperSeries", "PaperTemplate"]
