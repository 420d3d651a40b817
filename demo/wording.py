"""Puts a case's words together: the petition as it came in, and what the offices wrote about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from demo.matters import Matter
from petitions.enums import AdoptionDecision, Channel, Outcome

WRITTEN = {Channel.ONLINE, Channel.LETTER, Channel.MESSAGE_BOARD, Channel.TYPED_IN}
OPENINGS = {
    Channel.LETTER: (
        "尊敬的领导：您好！提笔写这封信，是有件事想请您过问。",
        "信访局的同志：我写信反映一件事，拖了很久，望重视。",
        "各位领导好。我文化不高，有写得不对的地方请原谅。",
    ),
    Channel.PHONE: ("来电人反映：", "来电人情绪平稳，讲述如下：", "来电人再三说明："),
    Channel.VISIT: ("来访人当面陈述：", "来访人带来材料若干，陈述如下：", "窗口接待记录："),
    Channel.MESSAGE_BOARD: ("网民留言：", "留言内容："),
    Channel.RECEPTION: ("接访时当面反映：",),
}
PLAIN_OPENINGS = (
    "",
    "您好，想反映一个问题。",
    "你好，我是{place}的居民。",
    "麻烦帮忙看看这件事。",
    "实在没有办法了才来反映。",
    "代家里老人反映一件事。",
)
JOINT_OPENINGS = (
    "我们是{place}的{heads}名住户，联名反映一件事。",
    "大家推我来写，共{heads}人都有同样的情况。",
)
HISTORIES = (
    "",
    "",
    "之前打过两次电话，答复说会处理，一直没有下文。",
    "找过{town}，让再等等。",
    "去年也说过一回，管了几天又老样子。",
    "村里、社区都跑过，大家也知道这事。",
    "这是头一回反映，以前总想着忍忍就过去了。",
    "照片和单据都留着，需要可以提供。",
)
REPEATED = (
    "上次反映后有人来看过，但是问题还在。",
    "同一件事再次反映，希望这回能有结果。",
    "之前的答复收到了，可说好的没有做到。",
)
CLOSINGS = (
    "希望尽快有人来看看。",
    "盼回复，谢谢。",
    "请给个明白的答复，多谢了。",
    "不求别的，只求按规定办。",
    "有空请先打个电话，白天都在家。",
    "辛苦了🙏",
    "",
)
RESPONSES = (
    "您反映的事项已收到，编号见回执，稍后会有工作人员与您电话联系。",
    "已收到您的来件，正在转给有关单位，我们会盯着办。",
    "您好，事项已登记。今天之内会明确由谁负责，并告诉您。",
    "收到。请保持电话畅通，承办单位会主动联系。",
)
CALLS = (
    "说明受理流程，对方补充了时间和地点，约好见面。",
    "核对了反映内容，约定到现场一起看。",
    "对方白天上班，约在下班前见面。",
    "电话里先致意，约好带上材料面谈。",
)
UNREACHED = ("响铃无人接听，稍后再拨。", "对方正在通话中，已发短信。", "关机，半小时后再试。")
FIRST_ROUNDS = (
    "已与您联系并到现场了解情况，责任人会持续跟进，下一步按程序受理。",
    "首轮核实完成：问题地点和涉及单位已经明确，先做了临时处理。",
    "已初步核查，情况基本清楚，请您留意受理告知。",
)
FORWARD_NOTES = (
    "请按职责办理，并及时告知信访人。",
    "请核实后依法处理。",
    "涉及群众日常生活，请抓紧。",
    "",
    "",
)
DEMANDS = (
    "请到现场核实，在限期内报送办理结果和答复意见。",
    "请提出彻底解决的办法，不要只作表面处理，按期报告。",
    "请主要负责人过问，与信访人见面后再答复。",
)
OBJECTIONS = (
    "经核对职责清单，本事项属于{right}职责，不在我单位职权范围，附职责依据。",
    "所涉地块和设施由{right}管理，建议转送{right}办理。",
)
AGREED = ("经核实，异议成立，材料退回，重新转送。", "已与两家单位核对职责，同意。")
REJECTED = ("职责清单写明由你单位牵头，不同意异议，请继续办理。", "涉及两家，由你单位主办，另一家配合。")
EXTENSIONS = (
    "需要委托第三方检测，报告尚未出具。",
    "涉及多户核算，需要逐户签字确认。",
    "需向上级主管部门请示政策口径，正在等待回复。",
)
#: The first is said where a request will not be supported.
CONVERSIONS = (
    "经进一步核实，有的诉求可能不予支持，须作出处理意见书。",
    "情况比受理时了解的复杂，需要进一步调查核实。",
    "涉及其他单位的职责，需要共同研究。",
)
SUPERVISION_MEASURES = "单位负责人已专题研究，明确专人限时办理。"
SUPERVISION_RESULT = "已与信访人联系说明进展，余下事项按期办结。"
SUPERVISIONS = (
    "临近期限仍未见办理记录，请三日内报告进展。",
    "信访人再次来电，请负责人亲自过问。",
    "已超过期限，请说明原因并立即办理。",
)
SUPPLEMENTS = ("补充几张昨天拍的照片。", "补充说明：情况这两天更严重了。", "对方今天又来过一次，特此补充。")
REFUSALS = {
    "legal_route": ("该事项已进入诉讼程序，应由人民法院审理。", "清江县人民法院立案庭"),
    "in_hand": (
        "同一事项已由主管单位受理，正在法定期限内办理。",
        "东溪镇人民政府便民服务中心（受理告知书上有联系电话）",
    ),
    "final": ("该事项已经复核终结，所提事实和理由与原来相同。", "清江县法律援助中心（免费咨询）"),
}
#: What a refusal rests on where no linked case shows it.
GROUNDS = {
    "final": "海州市人民政府复核意见书（海政复核〔{year}〕17号，{year}年9月12日）",
    "in_hand": "东溪镇人民政府已受理，正在法定期限内办理",
}
CO_ANSWERS = (
    "已派人到现场配合，相关资料一并提供。",
    "我单位职责内的部分已办妥。",
    "参加联合检查，意见已并入主办单位答复。",
)
MATERIALS = (
    "能证明您与本事项关系的材料，如合同、票据、证件复印件。",
    "现场照片两到三张，注明拍摄时间和地点。",
    "以前反映时收到的答复或者回执的复印件。",
)
HOW_TO_BRING = "在网上查询页点“补充材料”上传，或者当面交到我单位。"
ATTITUDES = (
    "信访人对办理结果表示认可。",
    "信访人未明确表态，已告知可以申请复查。",
    "信访人对部分诉求的结论不认可，已当面解释并告知救济途径。",
)
REPORT_RETURNS = (
    "请逐项写明信访人诉求的结论，附现场照片后重新报送。",
    "调查情况过于简略，请补充走访时间、对象和依据。",
)
REPORTED = "已按答复内容办理。"
STUDIED = "业务科室和群众代表一起研究，逐条论证了必要性和可行性。"
ADOPTED = {
    AdoptionDecision.ADOPTED: "建议合理可行，已纳入本单位工作安排。",
    AdoptionDecision.PARTLY: "其中可行的部分已纳入本单位工作安排，其余条件尚不具备。",
    AdoptionDecision.KEPT: "建议有参考价值，目前条件尚不具备，今后研究有关工作时参考。",
    AdoptionDecision.NOT_ADOPTED: "与现行规定不一致，已在答复中说明。",
}
PRACTICE = "由业务科室按建议制定措施并组织实施。"
OFFICE_PHONE = "0570-6012345"
COMMENTS = {
    0: ("", "", "办得快，态度好，谢谢。", "没想到真解决了。", "来了三趟，很负责。"),
    1: ("", "", "基本可以，希望能长期管住。", "速度还可以再快些。", "部分解决，再看看。"),
    3: ("", "只是解释了一遍，问题还在。", "答复太官方，看不明白。", "等得太久。", "没有人到现场。"),
}
REPLY_OPENINGS = (
    "尊敬的信访人：\n您反映的“{subject}”一事收悉，现答复如下。\n",
    "信访人您好：\n关于“{subject}”，我单位已调查完毕，现将情况和意见告知您。\n",
    "您好！您反映的“{subject}”事项，我单位于{accepted}受理，经调查核实，答复如下。\n",
)
REPLY_STEPS = (
    "受理后，我单位派员到现场查看，走访了周边群众，并查阅了有关资料。",
    "我单位与您见面核对了诉求，会同有关单位到场调查。",
    "承办人先后{times}次到现场，询问了当事各方并取得书面材料。",
)
REPLY_ENDS = (
    "感谢您的理解和支持。办理中如有疑问，可与承办人联系。",
    "如情况反复，请随时告诉我们，我们会再到现场。",
    "感谢您提出的意见，我们将把同类问题一并排查。",
)
REMEDY = "如不服本意见，可自收到之日起三十日内，向{review}书面申请复查。"


def subject(matter: Matter, slots: dict[str, str]) -> str:
    return _of_angle(matter, "subjects", slots).format_map(slots)


def body(
    rng: Random,
    matter: Matter,
    slots: dict[str, str],
    *,
    channel: Channel,
    heads: int,
    town: str,
    repeated: bool,
) -> str:
    """60 to 400 characters: opening, what happened, what it does to people, what was tried, what is hoped for."""
    words = {**slots, "place": slots["village"], "town": town, "heads": str(heads)}
    openings = OPENINGS.get(channel) or (JOINT_OPENINGS if heads > 4 else PLAIN_OPENINGS)
    facts = _angle_first(rng, matter, "facts", slots)[: rng.choice((1, 1, 1, 1, 2, 3))]
    effects = rng.sample(matter.lines("effects"), rng.choice((1, 1, 2, 3)))
    parts = [rng.choice(openings), *facts, *effects]
    parts += rng.sample(HISTORIES, rng.choice((1, 1, 2)))
    if repeated:
        parts.append(rng.choice(REPEATED))
    parts.append(rng.choice(CLOSINGS))
    text = "".join(parts).format_map(words)
    while len(text) < 60:
        text += rng.choice(HISTORIES[2:]).format_map(words)
    return text


def asks(rng: Random, matter: Matter, slots: dict[str, str]) -> list[str]:
    lines = _angle_first(rng, matter, "asks", slots)[: rng.choice((1, 1, 1, 2, 2, 3))]
    return [line.format_map(slots) for line in lines]


def _of_angle(matter: Matter, part: str, slots: dict[str, str]) -> str:
    """The line of the part that goes with the case's subject."""
    lines = matter.lines(part)
    return lines[int(slots["angle"]) % len(lines)]


def _angle_first(rng: Random, matter: Matter, part: str, slots: dict[str, str]) -> list[str]:
    first = _of_angle(matter, part, slots)
    others = [line for line in matter.lines(part) if line != first]
    return [first, *rng.sample(others, len(others))]


def opinions(
    matter: Matter, slots: dict[str, str], outcomes: Sequence[Outcome], asked: Sequence[str]
) -> list[str]:
    """One sentence per request, that of its place where there is one; no sentence twice while there are others."""
    pools = {
        Outcome.SUPPORTED: matter.lines("granted"),
        Outcome.EXPLAINED: matter.lines("explained"),
        Outcome.NOT_SUPPORTED: matter.lines("declined" if matter.declined.strip() else "explained"),
    }
    places = {line.format_map(slots): place for place, line in enumerate(matter.lines("asks"))}
    found: list[str] = []
    for outcome, ask in zip(outcomes, asked, strict=True):
        lines = [line.format_map(slots) for line in pools[outcome]]
        place = places.get(ask, 0) % len(lines)
        in_order = [*lines[place:], *lines[:place]]
        found.append(next((line for line in in_order if line not in found), in_order[0]))
    return found


def reply(
    rng: Random,
    matter: Matter,
    slots: dict[str, str],
    *,
    subject: str,
    accepted_on: date,
    asked: Sequence[str],
    given: Sequence[str],
    review: str,
) -> str:
    """``review`` names the body for 复查 on path six, and is empty otherwise."""
    opening = rng.choice(REPLY_OPENINGS).format(
        subject=subject, accepted=f"{accepted_on.month}月{accepted_on.day}日"
    )
    steps = rng.choice(REPLY_STEPS).format(times=rng.choice("两三四"))
    found = _of_angle(matter, "found", slots).format_map(slots)
    results = [f"关于“{ask}”：{answer}。" for ask, answer in zip(asked, given, strict=True)]
    lines = [f"{opening}{steps}经查，{found}。", *results, rng.choice(REPLY_ENDS)]
    if review:
        lines.append(REMEDY.format(review=review))
    return "\n".join(lines)


def note(rng: Random, matter: Matter, slots: dict[str, str]) -> str:
    return rng.choice(matter.lines("notes")).format_map(slots)
