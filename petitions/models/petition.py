"""The case itself (信访件), who may read it, and what is asked for in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.converters import scattered
from petitions.enums import Channel, Kind, Outcome, Path, ScopeReason, Status, Urgency
from petitions.models.category import Category
from petitions.querysets import PetitionQuerySet


class ZhBigrams(Func):
    """tsvector of the distinct two-character pieces of a Chinese text, by the SQL function that 0001 makes."""

    function = "zh_bigrams"
    arity = 1


class Petition(models.Model):
    """One registered case. Never deleted (条例 44); status moves only through ``services.stepping``.

    All instants are aware and stored in UTC; a day means a day in Asia/Shanghai.
    """

    # Unique by constraint: unique=True would add a second index for LIKE, and every step writes every index.
    number = models.CharField(_("编号"), max_length=32)
    national_number = models.CharField(_("国家平台编号"), max_length=40, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.REGISTERED)
    channel = models.CharField(_("信访形式"), max_length=16, choices=Channel)
    kind = models.CharField(_("信访目的"), max_length=12, choices=Kind, blank=True)
    path = models.PositiveSmallIntegerField(_("办理路径"), choices=Path, null=True, blank=True)
    simplified = models.BooleanField(
        _("简易办理"),
        default=False,
        db_default=False,
        help_text="Accepted so and not converted since: see services.simplified.",
    )
    sealed = models.BooleanField(_("密"), default=False, help_text="检举控告: see querysets.visible_to.")

    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), max_length=20000)
    category = models.ForeignKey(
        Category,
        verbose_name=_("内容分类"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    place_unit = models.ForeignKey(
        Unit,
        verbose_name=_("问题属地"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    place_text = models.CharField(_("具体地点"), max_length=200, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    complained_unit = models.ForeignKey(
        Unit,
        verbose_name=_("被反映单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    complained_as_headed = models.BooleanField(
        default=False,
        help_text="Nobody named the unit: it is complained of because somebody who is heads it.",
    )
    complained_text = models.CharField(_("被反映的单位或人员"), max_length=200, blank=True)

    anonymous = models.BooleanField(_("匿名"), default=False)
    confidential = models.BooleanField(_("保密"), default=False)
    head_count = models.PositiveIntegerField(_("人数"), default=1)
    batch_count = models.PositiveIntegerField(_("批次"), default=1)
    first_here = models.BooleanField(_("本机构初次"), default=True)
    first_nationwide = models.BooleanField(_("全国初次"), null=True, blank=True)
    repeat_of = models.ForeignKey(
        "self",
        verbose_name=_("原件"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="repeats",
        db_index=False,
    )
    joined_to = models.ForeignKey(
        "self",
        verbose_name=_("并入"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="joined",
        db_index=False,
    )
    has_joined = models.BooleanField(
        default=False,
        help_text="Some case was joined to this one; set under its row lock, so that a step need not ask.",
    )

    has_recusals = models.BooleanField(default=False, help_text="Somebody is recused: see Recusal.")
    lowering_asked_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Who asked to lower the urgency, until another person has decided.",
    )

    received_at = models.DateTimeField(_("收到时间"))
    registered_at = models.DateTimeField(_("登记时间"))
    registered_unit = models.ForeignKey(
        Unit, verbose_name=_("登记机构"), on_delete=models.PROTECT, related_name="+"
    )
    registered_by = models.ForeignKey(
        User,
        verbose_name=_("登记人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    lead_unit = models.ForeignKey(
        Unit,
        verbose_name=_("主办单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    responsible = models.ForeignKey(
        User,
        verbose_name=_("责任人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    first_handler = models.ForeignKey(
        User,
        verbose_name=_("首办责任人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    notice_owed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Acceptance was decided and nobody has told the petitioner in writing yet: services.noticing.",
    )
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    concluded_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    served_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    due_at = models.DateTimeField(
        _("最近期限"),
        null=True,
        blank=True,
        help_text="Earliest due date of the running clocks that bind an office.",
    )

    query_code_hash = models.CharField(max_length=64, help_text="HMAC of the petitioner's query code.")
    submit_key = models.CharField(
        max_length=64,
        help_text="SHA-256 of the form's token: one form, one case.",
    )
    source_ref = models.CharField(
        max_length=80,
        null=True,
        blank=True,
        help_text="channel:id in the system it was imported from.",
    )

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("信访件")
        indexes = [
            # District-wide desks: newest first, and by status. Not partial on ``sealed``: a district reader asks for
            # "not sealed, or named on it", which no condition implies.
            models.Index("registered_at", "id", name="petition_newest_list"),
            # A figure looks up for each of its rows whether its case may be counted: all that asks is in the index.
            models.Index(
                fields=["id"], include=["sealed", "has_recusals", "complained_unit"], name="petition_seen"
            ),
            models.Index("status", "registered_at", "id", name="petition_status_list"),
            models.Index("lead_unit", "status", "registered_at", "id", name="petition_unit_list"),
            # 今日到期, 已超期 tabs.
            models.Index(
                "due_at",
                "id",
                name="petition_due_list",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                "registered_at", "id", name="petition_notice_owed_list", condition=Q(notice_owed=True)
            ),
            models.Index("place_unit", "registered_at", name="petition_place_month"),
            models.Index("national_number", name="petition_national", condition=~Q(national_number="")),
            # Most cases have none of these.
            *(
                models.Index(name, name=f"petition_{short}", condition=Q(**{f"{name}__isnull": False}))
                for name, short in (
                    ("repeat_of", "repeats"),
                    ("joined_to", "joined"),
                    ("complained_unit", "complained_of"),
                )
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="petition_number_key"),
            models.UniqueConstraint(fields=["submit_key"], name="petition_submit_key_key"),
            models.UniqueConstraint(
                fields=["source_ref"], name="petition_source_ref_key", condition=Q(source_ref__isnull=False)
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="petition_status_known"),
            models.CheckConstraint(
                condition=Q(sealed=False) | Q(kind=Kind.ACCUSATION),
                name="petition_sealed_is_accusation",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.ACCUSATION) | Q(sealed=True),
                name="petition_accusation_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.REGISTERED, Status.REFUSED, Status.CLOSED])
                | Q(lead_unit__isnull=False),
                name="petition_forwarded_has_lead_unit",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(closed_at__isnull=False),
                name="petition_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(path__isnull=True) | Q(kind=Kind.APPEAL),
                name="petition_path_is_appeal",
            ),
            models.CheckConstraint(
                condition=Q(simplified=False) | Q(kind=Kind.APPEAL, path=Path.PETITION, path__isnull=False),
                name="petition_simplified_is_path_six",
            ),
            models.CheckConstraint(condition=Q(head_count__gte=1), name="petition_at_least_one_head"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("petitions:detail", args=[self.number])

    @property
    def state(self) -> Status:
        return Status(self.status)

    @property
    def about(self) -> str:
        """How notices name the case, whichever room sends them: what was told of it is taken back by this word."""
        return f"petition:{self.pk}"

    @property
    def audit_name(self) -> str:
        """How the audit log names the case, sealed or not, for good: a word that neither counts nor tells of a seal.
        Auditors find it by the number (``selectors.audited``)."""
        return scattered(self.pk)

    @property
    def is_joint(self) -> bool:
        """联名/集体: more than one person stands behind the case."""
        return self.head_count > 1

    @property
    def is_mass_visit(self) -> bool:
        """集体访: so many came in together, in each of its batches. Its representatives are five at most (条例 20)."""
        visit = Channel(self.channel).counted_in == "批"
        return visit and self.head_count >= settings.MASS_VISIT_HEADS * self.batch_count


class PetitionScope(models.Model):
    """One row per unit (with its superiors) or person that may read a case: the whole of "who may see" in one table.

    Written only by ``services.scope.rebuild``; read only by ``PetitionQuerySet.visible_to``.
    """

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="scopes")
    # The partial indexes below serve for both; one of the two columns is always empty.
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=12, choices=ScopeReason)
    live = models.BooleanField(
        default=True, help_text="Not closed yet; keeps what a desk has to do cheap to find."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, user__isnull=True) | Q(unit__isnull=True, user__isnull=False),
                name="petition_scope_unit_or_user",
            ),
            models.UniqueConstraint(
                fields=["petition", "unit"],
                condition=Q(unit__isnull=False),
                name="petition_scope_one_per_unit",
            ),
            models.UniqueConstraint(
                # Reasons count under different hats (querysets) and end at different times.
                fields=["petition", "user", "reason"],
                condition=Q(user__isnull=False),
                name="petition_scope_one_per_user_reason",
            ),
        ]
        indexes = [
            models.Index("unit", "petition", name="petition_scope_by_unit", condition=Q(unit__isnull=False)),
            models.Index("user", "petition", name="petition_scope_by_user", condition=Q(user__isnull=False)),
            models.Index(
                "unit",
                "petition",
                name="petition_scope_unit_live",
                condition=Q(unit__isnull=False, live=True),
            ),
            models.Index(
                "user",
                "petition",
                name="petition_scope_user_live",
                condition=Q(user__isnull=False, live=True),
            ),
        ]


class PetitionRequest(models.Model):
    """One thing the petitioner asks for (诉求); each gets its own outcome (条例 32)."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="requests", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    text = models.CharField(_("诉求"), max_length=500)
    outcome = models.CharField(_("结论"), max_length=16, choices=Outcome, blank=True)
    opinion = models.TextField(_("意见"), blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "ordinal"], name="petition_request_ordinal")
        ]


class PetitionEvent(models.Model):
    """What happened to a case, for people. Append-only (a trigger refuses UPDATE and DELETE)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="events", db_index=False)
    act = models.CharField(max_length=20)
    at = models.DateTimeField()
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    who = models.CharField(max_length=120, help_text="Unit, post and name as they were then.")
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    public = models.BooleanField(default=False, help_text="Shown on the petitioner's page.")
    text = models.TextField(blank=True, help_text="For the desk.")
    public_text = models.TextField(blank=True, help_text="In plain words for the petitioner.")
    submit_key = models.CharField(max_length=64, null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index("petition", "at", "id", name="petition_event_timeline"),
            models.Index("act", "at", name="petition_event_month"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["petition", "submit_key"], name="petition_event_once_per_form")
        ]
