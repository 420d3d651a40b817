from papers.models.case_papers import CasePaper, LetterCase

__all__ = ["CasePaper", "LetterCase"]
