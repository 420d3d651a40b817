"""An app of ``bench/lag.py``: a clock that workers sweep, and what Celery's own countdown would write instead."""
