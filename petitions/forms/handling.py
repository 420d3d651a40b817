"""Forms of what the answering unit does: 10-30-24, notes, the extension, the answer and its service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.converters import scattered
from core.forms import day_field
from core.text import names_in, words_differ
from core.timekeeping import han_date, local_day
from petitions import rules
from petitions.enums import Act, CallOutcome, Kind, Outcome, Path, ReplyKind, ServiceMethod
from petitions.forms.acts import picked, radios
from petitions.forms.base import ActForm
from petitions.forms.fields import MomentField
from petitions.models import Petition, PetitionRequest, Reply
from petitions.selectors.hints import running
from petitions.selectors.veiling import veil
from petitions.services import joining, simplified
from petitions.services.answering import needs_number, review_body_of
from petitions.services.handling import LONGEST_EXTENSION, unit_people
from petitions.services.making import LONGEST_NUMBER
from petitions.workflow import ClockCode as C

LONGEST_REPLY = 20_000


class RespondForm(ActForm):
    button = _("发出首次回应")
    explain = _("信访人查询时会看到这段话。")
    text = picked(
        _("告诉信访人"),
        [
            _("您反映的问题已收到，正在核实，工作人员将尽快与您电话联系。"),
            _("您反映的问题已收到，我们会安排人员到现场查看。"),
            _("您反映的问题已收到，将转交主管部门办理，办理进展可用编号和查询码查询。"),
        ],
    )


class CallForm(ActForm):
    button = _("保存电话记录")
    outcome = radios(CallOutcome.choices, _("结果"))
    meeting_at = MomentField(
        label=_("约见时间"),
        required=False,
        help_text=_("接通并约定见面时间后，30 分钟计时停止；没有接通的只记一次尝试，计时继续。"),
    )
    text = picked(
        _("通话内容"),
        [_("已约定见面。"), _("无人接听，稍后再拨。"), _("信访人希望书面答复。")],
        rows=3,
        required=False,
    )

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "outcome": CallOutcome(self.cleaned_data["outcome"])}


class NameResponsibleForm(ActForm):
    button = _("明确责任人")
    user = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("责任人"),
        error_messages={"invalid_choice": _("责任人须是本单位的在岗人员。")},
    )

    def prepare(self) -> None:
        case = self.petition
        unit = case.lead_unit or case.registered_unit
        out = rules.recused_from(case)
        people = [person.pk for person in unit_people(unit, self.at) if person.pk not in out]
        field = self.fields["user"]
        field.queryset = User.objects.filter(pk__in=people).order_by("name")  # type: ignore[attr-defined]
        field.label_from_instance = lambda person: person.get_full_name()  # type: ignore[attr-defined]
        field.initial = self.actor.user.pk if self.actor.user and self.actor.user.pk in people else None
        if case.first_handler is not None:
            field.help_text = _now("首办责任人是 %(name)s，记录不变；这里改的是现责任人。") % {
                "name": case.first_handler.get_full_name()
            }
        elif not people:
            field.help_text = _now("%(unit)s还没有承办人岗位，请联系系统管理员。") % {"unit": unit.label}


class FirstRoundForm(ActForm):
    button = _("登记首轮办结")
    explain = _("信访人会看到这段话。首轮办结不等于办结。")
    text = picked(
        _("首轮办理情况"),
        [_("已到现场查看，情况属实，正在协调解决。"), _("已电话说明情况，正在进一步核实。")],
    )


class NoteForm(ActForm):
    button = _("保存办理记录")
    explain = _("内部记录，信访人看不到。请只记事实，不评价信访人。")
    text = picked(_("内容"))


class VisitForm(ActForm):
    button = _("保存走访记录")
    explain = _("内部记录，信访人看不到。")
    text = picked(_("走访情况"), [_("到现场查看，情况："), _("与信访人见面，意见：")])


class ConvertForm(ActForm):
    button = _("转为普通程序并告知信访人")
    reason = picked(
        _("理由（信访人会看到）"),
        [
            _("情况比原来了解的复杂，需要进一步调查核实。"),
            _("涉及其他单位，需要共同研究。"),
            _("有的诉求可能不予支持，须作出处理意见书。"),
        ],
        rows=3,
    )

    def prepare(self) -> None:
        sixty = next((clock for clock in running(self.petition) if clock.rule.code == C.CONCLUSION), None)
        if sixty is not None:
            self.explain = _now("转换以后最迟%(day)s前作出处理意见书。") % {"day": han_date(sixty.due_at)}


class ExtendForm(ActForm):
    button = _("批准延期并告知信访人")
    days = forms.IntegerField(
        label=_("延长天数"),
        min_value=1,
        max_value=LONGEST_EXTENSION,
        initial=LONGEST_EXTENSION,
        help_text=_("仅一次，1 至 30 日（条例第三十四条）。"),
    )
    reason = picked(
        _("理由（信访人会看到）"),
        [
            _("情况复杂，需要进一步调查取证。"),
            _("需要专业机构检测、鉴定，结果尚未出具。"),
            _("涉及多个部门，正在协商处理方案。"),
        ],
        rows=3,
    )


class CoAnswerForm(ActForm):
    button = _("提交协办意见")
    text = picked(_("协办意见"))


class ConcludeForm(ActForm):
    """One outcome and one opinion per request, then the text. Path six ends in a 处理意见书, 简易办理 only where the
    petitioner asked for paper."""

    button = _("作出答复")
    first_button = _("下一步，核对")

    def prepare(self) -> None:
        case = self.petition
        self.on_path_six = case.kind == Kind.APPEAL and case.path == Path.PETITION
        self.is_opinion = self.on_path_six and (not case.simplified or self._paper_asked())
        self.beside = self._beside()
        self.requests = [request for one in (case, *self.beside) for request in one.requests.all()]
        fields: dict[str, forms.Field] = {}
        for request in self.requests:
            fields |= self._request_fields(request)
        title = _now("处理意见书正文") if self.is_opinion else _now("答复内容")
        fields["text"] = forms.CharField(
            label=title, max_length=LONGEST_REPLY, widget=forms.Textarea(attrs={"rows": 7})
        )
        if self.petition.simplified:
            fields["paper"] = forms.BooleanField(label=_now("信访人要求书面答复"), required=False)
            fields["was_simplified"] = forms.BooleanField(
                initial=True, required=False, widget=forms.HiddenInput
            )
        fields["basis"] = forms.CharField(
            label=_now("依据（法律、法规、政策）"),
            required=self.is_opinion,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields.update(fields)
        self.explain = self._explain()

    def _beside(self) -> list[Petition]:
        """Joined cases that are answered along."""
        return joining.companions(self.petition, Act.CONCLUDE, self.actor)

    def _paper_asked(self) -> bool:
        return bool(forms.CheckboxInput().value_from_datadict(self.data, self.files, "paper"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.data.get("was_simplified") and not self.petition.simplified:
            raise ValidationError(
                _now("本件刚刚转为普通程序，须作出处理意见书：请对照正文补写依据，核对后再作出。")
            )
        return data

    def _request_fields(self, request: PetitionRequest) -> dict[str, forms.Field]:
        """Outcome and opinion of one request; those of a joined case say whose they are."""
        mine = request.petition_id == self.petition.pk
        numbers = {one.pk: one.number for one in self.beside}
        whose = "" if mine else _now("并入件 %(number)s ") % {"number": numbers[request.petition_id]}
        case = next(one for one in (self.petition, *self.beside) if one.pk == request.petition_id)
        request.text = veil(case, self.actor, request.text)  # for labels and the second look; never saved
        words = {"whose": whose, "n": request.ordinal, "text": request.text}
        outcome = forms.ChoiceField(
            label=_now("%(whose)s诉求 %(n)d：%(text)s") % words,
            choices=Outcome.choices,
            widget=forms.RadioSelect,
            required=self.on_path_six,
        )
        opinion = forms.CharField(
            label=_now("对%(whose)s诉求 %(n)d 的意见") % words,
            required=False,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        which = scattered(request.pk)
        return {f"outcome_{which}": outcome, f"opinion_{which}": opinion}

    def _explain(self) -> str:
        if not self.beside:
            return self._explain_own()
        numbers = "、".join(one.number for one in self.beside)
        return self._explain_own() + _now("并入的 %(numbers)s 一并答复。") % {"numbers": numbers}

    def _explain_own(self) -> str:
        if not self.on_path_six:
            return _now("本件作出答复，不出具处理意见书。答复须送达信访人。")
        if self.petition.simplified:
            return self._explain_simplified()
        assert self.petition.lead_unit is not None
        body = review_body_of(self.petition.lead_unit)
        if body is None:
            return _now(
                "本件走信访程序（路径六），作出《处理意见书》。本单位的复查机关尚未在机构信息中登记，请先联系系统管理员。"
            )
        return _now(
            "本件走信访程序（路径六），作出《处理意见书》；信访人不服的，自收到之日起 30 日内可以向%(body)s请求复查。"
        ) % {"body": body.name}

    def _explain_simplified(self) -> str:
        found = next(simplified.exclusions(self.petition), None)
        if found is not None:
            return _now("本件%(why)s，不再适用简易办理，请先“转为普通程序”。") % {"why": found}
        return _now(
            "本件简易办理：信访人没有要求书面答复的，作出答复即可，不出具《处理意见书》，"
            "办理期限到答复印发或者告知信访人时停止。"
            "有诉求不予支持的，请先“转为普通程序”。"
        )

    def door_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        which = {request.pk: scattered(request.pk) for request in self.requests}
        outcomes = {
            pk: (Outcome(data[f"outcome_{name}"]), data[f"opinion_{name}"])
            for pk, name in which.items()
            if data.get(f"outcome_{name}")
        }
        return {
            "text": data["text"],
            "basis": data["basis"],
            "outcomes": outcomes,
            "paper": data.get("paper", False),
            "token": data["token"],
        }


class CorrectForm(ConcludeForm):
    """The answer as it is recorded, to be put right before it is served."""

    button = _("更正答复")

    def prepare(self) -> None:
        super().prepare()
        case, reply = self.petition, self._reply()
        self.recorded: dict[str, str] = {"text": reply.text, "basis": reply.basis} if reply else {}
        for request in self.requests:
            which = scattered(request.pk)
            self.initial[f"outcome_{which}"] = request.outcome
            self.recorded[f"opinion_{which}"] = request.opinion
        for name, words in self.recorded.items():
            self.initial[name] = veil(case, self.actor, words)
        self.initial["paper"] = case.simplified and reply is not None and reply.kind == ReplyKind.OPINION
        reason = picked(
            _("更正的原因（内部记录）"),
            [_("结论录入有误。"), _("正文有错漏。"), _("依据引用有误。")],
            rows=2,
        )
        self.fields["reason"] = reason

    def _reply(self) -> Reply | None:
        """None before there is an answer, and after it was ordered to be made anew: the step is refused then."""
        return getattr(self.petition, "reply", None)

    def _beside(self) -> list[Petition]:
        reply = self._reply()
        words = f"{joining.words_above_reply()}{reply.text if reply else ''}"
        beside = joining.companions(self.petition, Act.CORRECT, self.actor)
        return [case for case in beside if joining.answered_with(case, words)]

    def door_data(self) -> dict[str, Any]:
        """What was left as it is shown stays as it is recorded, names that this actor is not shown included."""
        for name, words in self.recorded.items():
            if not words_differ(self.cleaned_data[name], veil(self.petition, self.actor, words)):
                self.cleaned_data[name] = words
        return {**super().door_data(), "reason": self.cleaned_data["reason"]}


class MakeOpinionForm(ActForm):
    """The opinion was made outside the system: its number and its day."""

    button = _("登记成文")
    explain = _(
        "60 日期限到成文之日停止，此后 5 个工作日内送达。在本系统里拟写的，从“文书”编号印发，不在这里登记。"
    )
    paper_number = forms.CharField(
        label=_("处理意见书的文号"),
        max_length=LONGEST_NUMBER,
        help_text=_("照文书填写，如“清城管意〔2026〕12号”。"),
    )
    made_on = day_field(
        _("成文日期"),
        help_text=_("文书上印的日期，在答复之日到今天之间。"),
    )

    def prepare(self) -> None:
        self.fields["made_on"].initial = local_day(self.at)


class ServeForm(ActForm):
    button = _("登记送达")
    method = forms.ChoiceField(label=_("送达方式"), choices=ServiceMethod.choices)
    served_at = MomentField(
        label=_("收到时间"),
        help_text=_(
            "30 日复查、评价期限从信访人收到之日起算（条例第三十五条）。"
            "公告送达填公告之日，满 30 日视为送达，从那时起算。"
        ),
    )
    recipient = forms.CharField(label=_("签收人"), max_length=100)
    paper_number = forms.CharField(
        label=_("处理意见书的文号"),
        max_length=LONGEST_NUMBER,
        help_text=_("在本系统之外（如原办公系统）出具的，照文书填写，如“清城管意〔2026〕12号”。"),
        error_messages={
            "required": _(
                "请填写处理意见书的文号；还没有出具的，先在本件的“文书”里拟写、签发、编号，再从那份文书登记送达。"
            )
        },
    )
    signed = forms.BooleanField(label=_("已签收"), required=False)
    consented = forms.BooleanField(
        label=_("收件人已同意电子送达"), required=False, help_text=_("只有电子送达需要。")
    )
    witnesses = forms.CharField(
        label=_("见证人"), max_length=200, required=False, help_text=_("留置送达须有两名，用顿号隔开。")
    )
    proof = picked(
        _("证明（没有签收的、电话告知的必填：邮件回执、通话情况）"),
        [_("邮件签收单号："), _("拍照留证，照片已存卷。")],
        rows=2,
        required=False,
    )

    def prepare(self) -> None:
        self.fields["served_at"].initial = self.at
        proof: Any = self.fields["proof"].widget
        if simplified.told_by_phone(self.petition):
            proof.picks = [*proof.picks, _now("拨打登记的号码，答复内容已逐项告知。")]
        else:
            field = self.fields["method"]
            ways = [way for way in ServiceMethod.choices if way[0] != ServiceMethod.PHONE]
            field.choices = ways  # type: ignore[attr-defined]
        beside = joining.companions(self.petition, Act.SERVE, self.actor)
        together = [one for one in beside if joining.same_people(one, self.petition)]
        if not any(needs_number(one) for one in [self.petition, *together]):
            del self.fields["paper_number"]
        elif hasattr(self.petition, "reply"):
            self.fields["paper_number"].initial = self.petition.reply.paper_number
        self.explain = self._beside(beside, [one.number for one in together])

    @staticmethod
    def _beside(beside: Sequence[Petition], along: Sequence[str]) -> str:
        """Which joined cases the same signature serves, and which are left to a service of their own."""
        apart = [one.number for one in beside if one.number not in along]
        words = []
        if along:
            words.append(
                _now("并入的 %(numbers)s 由同一人签收，一并登记送达。") % {"numbers": "、".join(along)}
            )
        if apart:
            words.append(
                _now("并入的 %(numbers)s 不能认定是同一人（仅姓名相同不算），不一并送达，请另行送达、登记。")
                % {"numbers": "、".join(apart)}
            )
        return "".join(words)

    def clean_served_at(self) -> Any:
        moment = self.cleaned_data["served_at"]
        if moment.year < 1990:
            raise ValidationError(_now("请核对收到时间。"))
        return moment

    def door_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        witnesses = names_in(data["witnesses"])
        return {**data, "method": ServiceMethod(data["method"]), "witnesses": witnesses}
