"""Supervision, the three suggestions, and what a joint conference orders (条例 39, 40)."""

from documents.enums import Layout, PaperKind, Series
from documents.shipped.sheet import ATTACHMENTS, CASE, CC, CONTACT, PHONE, TO_BODY, Sheet, may, must

SUPERVISION_LETTER = Sheet(
    PaperKind.SUPERVISION,
    Layout.LETTER,
    Series.SUPERVISION,
    "关于{subject}信访事项的督办函",
    """
信访件{case_number}由你单位办理。经查，存在下列问题：
{problem}
根据《信访工作条例》第四十条的规定，现以{mode}方式予以督办。
{earlier}
一、督办要求
{demand}
二、办理期限
请于{due_on}前落实上述要求，并书面反馈结果。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        CASE,
        must("subject", "事由"),
        must("problem", "督办的问题", 40),
        must("mode", "督办方式（书面、电话、现场、会议、媒体、批示）", 40),
        may("earlier", "此前催办情况"),
        must("demand", "督办要求", 40),
        must("due_on", "办理期限", 40),
        CONTACT,
        PHONE,
        ATTACHMENTS,
        CC,
    ),
)

_SUGGESTION = """
{source}
一、基本情况
{facts}
二、依据
{legal_basis}
三、建议
{suggestion}
根据《信访工作条例》第四十条的规定，请认真研究，并于{due_on}前书面反馈建议的采纳情况。
联系人：{contact}，联系电话：{phone}。
"""
_SUGGESTION_FIELDS = (
    TO_BODY,
    must("subject", "事由"),
    may("source", "建议的由来"),
    must("facts", "基本情况（事实）", 40),
    must("legal_basis", "依据", 40),
    must("suggestion", "建议内容", 40),
    must("due_on", "书面反馈采纳情况的期限", 40),
    CONTACT,
    PHONE,
    ATTACHMENTS,
    CC,
)

SUGGEST_WORK, SUGGEST_POLICY, SUGGEST_LIABILITY = (
    Sheet(kind, Layout.LETTER, Series.SUPERVISION, title, _SUGGESTION, _SUGGESTION_FIELDS)
    for kind, title in (
        (PaperKind.SUGGEST_WORK, "关于{subject}的改进工作建议书"),
        (PaperKind.SUGGEST_POLICY, "关于{subject}的完善政策建议书"),
        (PaperKind.SUGGEST_LIABILITY, "关于{subject}的追究责任建议书"),
    )
)

SUMMONS = Sheet(
    PaperKind.SUMMONS,
    Layout.LETTER,
    Series.SUPERVISION,
    "关于{subject}的约谈通知书",
    """
根据《信访工作条例》第三十九条和{decision}，决定对你单位进行约谈。
一、约谈事由
{matter}
二、约谈时间和地点
{when}，{where}
三、参加人员
{people}
四、整改要求
{demand}
整改情况请于{due_on}前书面报告。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("decision", "联席会议决定及文号", 39),
        must("matter", "约谈事由", 39),
        must("when", "约谈时间", 39),
        must("where", "约谈地点", 39),
        must("people", "参加人员", 39),
        must("demand", "整改要求", 39),
        must("due_on", "整改报告期限", 39),
        CONTACT,
        PHONE,
        CC,
    ),
)

LISTED = Sheet(
    PaperKind.LISTED,
    Layout.LETTER,
    Series.SUPERVISION,
    "关于{subject}的挂牌督办通知书",
    """
根据《信访工作条例》第三十九条和{decision}，决定对你单位承办的下列事项挂牌督办：
{matter}
一、督办要求
{demand}
二、时间节点
{milestones}
三、摘牌期限
请于{due_on}前办结，经验收合格后予以摘牌。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("decision", "联席会议决定及文号", 39),
        must("matter", "挂牌事项", 39),
        must("demand", "督办要求", 39),
        must("milestones", "时间节点", 39),
        must("due_on", "办结期限", 39),
        CONTACT,
        PHONE,
        CC,
    ),
)

RECTIFY = Sheet(
    PaperKind.RECTIFY,
    Layout.LETTER,
    Series.SUPERVISION,
    "关于{subject}的限期整改通知书",
    """
根据《信访工作条例》第三十九条和{decision}，责成你单位限期整改。
一、存在的问题
{matter}
二、整改要求
{demand}
三、整改期限
请于{due_on}前完成整改，并书面报告整改情况。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("decision", "联席会议决定及文号", 39),
        must("matter", "存在的问题", 39),
        must("demand", "整改要求", 39),
        must("due_on", "整改期限", 39),
        CONTACT,
        PHONE,
        ATTACHMENTS,
        CC,
    ),
)

CIRCULAR = Sheet(
    PaperKind.CIRCULAR,
    Layout.LETTER,
    Series.SUPERVISION,
    "关于{subject}的通报",
    """
根据《信访工作条例》第三十九条和{decision}，现将{criticised}的有关情况通报如下。
一、主要情况
{matter}
二、有关要求
{demand}
请{criticised}于{due_on}前书面报告整改情况。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("decision", "联席会议决定及文号", 39),
        must("criticised", "被通报单位", 39),
        must("matter", "主要情况", 39),
        must("demand", "有关要求", 39),
        must("due_on", "整改报告期限", 39),
        CONTACT,
        PHONE,
        ATTACHMENTS,
        CC,
    ),
)

SUPERVISION = (
    *(SUPERVISION_LETTER, SUGGEST_WORK, SUGGEST_POLICY, SUGGEST_LIABILITY),
    *(SUMMONS, LISTED, RECTIFY, CIRCULAR),
)
