"""The base of every act's form: the hidden token that makes a step sent twice one step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.querysets import UnitQuerySet
from core.forms import BaseForm
from core.timekeeping import local_day
from core.widgets import say_empty_choices
from petitions.models import Petition
from petitions.selectors.guessing import Guess, guess
from petitions.selectors.veiling import veil
from petitions.services import codes, complained


class ActForm(BaseForm):
    """``button`` names the act, never 确定; ``explain`` stands above the fields. Where what is about to be sent is
    looked at once more, ``first_button`` leads there."""

    button: Any = ""
    first_button: Any = ""
    explain: Any = ""
    #: What the petitioner's own words may mean, where whoever acts must look at them.
    guessed: Guess | None = None

    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self, data: Any = None, *, petition: Petition, actor: Actor, at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.petition = petition
        self.actor = actor
        self.at = at
        self.fields["token"].initial = codes.new_token
        self.helper.render_unmentioned_fields = True
        self.prepare()
        say_empty_choices(self.fields)

    def prepare(self) -> None:
        """Choices, first values and help that depend on the case."""

    def guess_complained(self) -> None:
        """Show the words in which the petitioner says whom they complain of, as far as this actor may have them."""
        if self.actor.unit is not None:
            said = veil(self.petition, self.actor, self.petition.complained_text)
            self.guessed = guess(said, self.actor.unit, self.at)

    def door_data(self) -> dict[str, Any]:
        """Keyword arguments of the service's door, ``token`` included."""
        return dict(self.cleaned_data)

    def typed(self) -> list[tuple[str, str]]:
        """What was typed, to be shown again when the step itself is refused."""
        return [
            (str(field.label), str(field.value()))
            for field in self.visible_fields()
            if isinstance(field.field.widget, forms.Textarea) and field.value()
        ]


def units_that_handle(at: datetime) -> UnitQuerySet:
    """Active units that may be sent cases: not the district itself, nor its petition office, which never decides the
    merits (条例 22), nor the discipline route, which only sealed cases take (条例 30)."""
    units: UnitQuerySet = Unit.objects.active(local_day(at)).exclude(
        kind__in=[UnitKind.DISTRICT, UnitKind.DISCIPLINE, UnitKind.PETITION_OFFICE]
    )
    return units.order_by("path")


def receiving_units(petition: Petition, at: datetime) -> UnitQuerySet:
    """Units this case may be sent to: without whatever is complained about, by its head too, or stands below it
    (条例 28)."""
    units = units_that_handle(at)
    for unit in complained.units_blocked(petition, at):
        units = units.exclude(path__startswith=unit.path)
    return units
