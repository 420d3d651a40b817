"""Letters between offices (条例 22, 23) and reports upward (条例 22, 25)."""

from documents.enums import Layout, PaperKind, Series
from documents.shipped.sheet import ATTACHMENTS, CASE, CC, CONTACT, PHONE, TO_BODY, Sheet, may, must

FORWARDING = Sheet(
    PaperKind.FORWARDING,
    Layout.LETTER,
    Series.LETTER,
    "关于转送{subject}信访事项的函",
    """
根据《信访工作条例》第二十二条的规定，现将下列信访事项转送你单位，请依法按程序办理：
{cases}
{note}
请自收到之日起15日内书面告知信访人接收情况以及处理途径和程序。不属于你单位职责范围的，请自收到之日起5个工作日内提出异议，详细说明理由；经核实同意后，交还有关材料。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("cases", "信访事项清单", 22),
        may("note", "转送意见"),
        CONTACT,
        PHONE,
        ATTACHMENTS,
        CC,
    ),
)

ASSIGNMENT = Sheet(
    PaperKind.ASSIGNMENT,
    Layout.LETTER,
    Series.LETTER,
    "关于交办{subject}信访事项的函",
    """
根据《信访工作条例》第二十二条的规定，现将下列信访事项交由你单位办理：
{cases}
一、办理要求
{demand}
二、办理期限
请于{due_on}前办结，并反馈办理结果。
三、反馈要求
{report_demand}
请自收到之日起15日内书面告知信访人接收情况以及处理途径和程序。不属于你单位职责范围的，请自收到之日起5个工作日内提出异议，详细说明理由；经核实同意后，交还有关材料。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("cases", "信访事项清单", 22),
        must("demand", "办理要求", 22),
        must("due_on", "办理期限", 22),
        must("report_demand", "反馈结果和提交办结报告的要求", 22),
        CONTACT,
        PHONE,
        ATTACHMENTS,
        CC,
    ),
)

_PRACTICE = "协办函的通行做法（牵头抓总、协办同责，条例未作规定）"
CO_LETTER = Sheet(
    PaperKind.CO_LETTER,
    Layout.LETTER,
    Series.LETTER,
    "关于协办{subject}信访事项的函",
    """
根据《信访工作条例》第二十二条的规定，下列信访事项由{lead}主办，请你单位协办：
{cases}
一、协办内容：{demand}
二、反馈期限：请于{due_on}前将协办意见反馈{lead}。
三、职责分工：{lead}对全案负责，并统一答复信访人；你单位对承担的部分负责。不属于你单位职责范围的，请自收到之日起5个工作日内提出协办异议，详细说明理由；核实同意以前，请继续协办，反馈期限不变。
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("cases", "信访事项清单", 22),
        must("lead", "主办单位", _PRACTICE),
        must("demand", "协办内容", _PRACTICE),
        must("due_on", "反馈期限", _PRACTICE),
        CONTACT,
        PHONE,
        ATTACHMENTS,
        CC,
    ),
)

OBJECTION = Sheet(
    PaperKind.OBJECTION,
    Layout.LETTER,
    Series.LETTER,
    "关于{subject}信访事项管辖异议的函",
    """
你单位以{sent_number}转送（交办）的信访事项（信访件编号：{case_number}），我单位于{received_on}收到。经审查，该事项不属于我单位职责范围，现根据《信访工作条例》第二十三条的规定提出异议，理由如下：
{reasons}
{suggestion}
请予核实。联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        CASE,
        must("subject", "事由"),
        must("sent_number", "转送（交办）函文号", 23),
        must("received_on", "收到日期", 23),
        must("reasons", "异议的详细理由", 23),
        may("suggestion", "建议的承办单位"),
        CONTACT,
        PHONE,
        ATTACHMENTS,
    ),
)

OBJECTION_ANSWER = Sheet(
    PaperKind.OBJECTION_ANSWER,
    Layout.LETTER,
    Series.LETTER,
    "关于{subject}信访事项管辖异议的核实意见",
    """
你单位于{raised_on}就信访件{case_number}提出的异议收悉。经核实，根据《信访工作条例》第二十三条的规定，{decision}。
理由如下：
{reasons}
{next}
联系人：{contact}，联系电话：{phone}。
""",
    (
        TO_BODY,
        CASE,
        must("subject", "事由"),
        must("raised_on", "提出异议日期", 23),
        must("decision", "是否同意", 23),
        must("reasons", "核实的理由", 23),
        may("next", "后续办理要求"),
        CONTACT,
        PHONE,
    ),
)

CLOSING_REPORT = Sheet(
    PaperKind.CLOSING_REPORT,
    Layout.REPORT,
    Series.REPORT,
    "关于{subject}信访事项办理情况的报告",
    """
你单位以{assigned_number}交办的信访事项（信访件编号：{case_number}），我单位已办理完毕，现将有关情况报告如下：
一、信访人基本情况和主要诉求
{petitioner}
{requests}
二、调查和办理情况
{handling}
三、办理结果
{result}
四、信访人意见
{attitude}
特此报告。
（经办人：{contact}，联系电话：{phone}）
""",
    (
        TO_BODY,
        CASE,
        must("subject", "事由"),
        must("assigned_number", "交办函文号", 22),
        must("petitioner", "信访人基本情况", 22),
        must("requests", "主要诉求", 22),
        must("handling", "调查和办理情况", 22),
        must("result", "办理结果", 22),
        must("attitude", "信访人意见", 22),
        CONTACT,
        PHONE,
        must("attachments", "附件（已签发的处理意见书）", 22),
        CC,
    ),
)

URGENT_REPORT = Sheet(
    PaperKind.URGENT_REPORT,
    Layout.REPORT,
    Series.REPORT,
    "关于{subject}的重大紧急信访信息报告",
    """
根据《信访工作条例》第二十五条的规定，现将有关情况报告如下：
一、时间和地点
{when}，{where}
二、涉及人员
{people}
三、主要诉求
{demand}
四、现场情况和发展趋势
{trend}
五、已采取的措施
{measures}
六、报告范围
{recipients}
后续情况将及时续报。
（联系人：{contact}，联系电话：{phone}）
""",
    (
        TO_BODY,
        must("subject", "事由"),
        must("when", "发生时间", 25),
        must("where", "发生地点", 25),
        must("people", "涉及人员", 25),
        must("demand", "主要诉求", 25),
        must("trend", "现场情况和趋势", 25),
        must("measures", "已采取的措施", 25),
        must("recipients", "报告范围（党委政府、主管部门、联席会议办公室、上级信访部门、国家信访局）", 25),
        CONTACT,
        PHONE,
        CC,
    ),
)

BETWEEN_OFFICES = (
    *(FORWARDING, ASSIGNMENT, CO_LETTER, OBJECTION, OBJECTION_ANSWER),
    *(CLOSING_REPORT, URGENT_REPORT),
)
