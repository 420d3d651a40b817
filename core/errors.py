"""The one exception by which a service refuses an act."""

STATUS_OF_CODE = {
    "refused": 409,
    "stale": 409,
    "forbidden": 403,
    "not_found": 404,
    "too_large": 413,
    "invalid": 422,
    "throttled": 429,
    "unavailable": 503,
}


class Refusal(Exception):
    """An act was refused; the sentence is shown to the user as it stands.

    ``code`` says of what kind the refusal is. Known codes have a status of their own
    (``STATUS_OF_CODE``); any other code is a conflict with the state of things, 409.
    """

    def __init__(self, sentence: str, *, code: str = "refused") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code

    @property
    def status(self) -> int:
        """The HTTP status that fits the code."""
        return STATUS_OF_CODE.get(self.code, 409)

    def __str__(self) -> str:
        return self.sentence
