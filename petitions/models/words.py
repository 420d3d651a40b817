"""What a search looks up: the two-character pieces of a case's text."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from petitions.models.petition import Petition

#: Signs of the body that are looked up.
SIGNS = 2000


class PetitionWords(models.Model):
    """The pieces of a case's subject and of the first 2,000 signs of its body, for searching alone.

    Kept by a trigger on the case (migration 0009), whoever writes it. In a table of its own because every step of a
    case rewrites its row, and would work out and index its pieces anew. The reader's scope is never here: a search
    narrows what ``visible_to`` gives.
    """

    petition = models.OneToOneField(
        Petition, primary_key=True, on_delete=models.CASCADE, related_name="words"
    )
    pieces = SearchVectorField()

    class Meta:
        indexes = [GinIndex("pieces", name="petition_words_pieces")]
