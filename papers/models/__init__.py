from papers.models.case_papers import CasePaper

__all__ = ["CasePaper"]
