"""Notices to the petitioner (条例 19, 23, 31, 34, 36)."""

from documents.enums import Layout, PaperKind, Series
from documents.shipped.sheet import ATTACHMENTS, CASE, CONTACT, PHONE, TO, Sheet, may, must

ACCEPTANCE = Sheet(
    PaperKind.ACCEPTANCE,
    Layout.NOTICE,
    Series.NOTICE,
    "信访事项受理告知书",
    """
{source}，我单位于{received_on}收到您反映的信访事项（信访件编号：{case_number}）。主要内容为：
{summary}
经审查，{acceptance}。根据《信访工作条例》第二十三条的规定，现将有关事项告知如下：
一、处理途径和程序
{path}
二、办理期限
{time_limit}
三、责任单位和联系方式
责任单位：{responsible_unit}
联系人：{contact}，联系电话：{phone}
四、查询方式
{query_way}
特此告知。
""",
    (
        TO,
        CASE,
        must("received_on", "收到日期", 23),
        must("source", "来源", 23),
        must("summary", "信访事项摘要", 23),
        must("acceptance", "接收情况（是否受理）", 23),
        must("path", "处理途径和程序", 23),
        must("time_limit", "办理期限", 34),
        must("responsible_unit", "责任单位", 23),
        CONTACT,
        PHONE,
        must("query_way", "查询方式", 21),
    ),
    service=True,
)

REFUSAL = Sheet(
    PaperKind.REFUSAL,
    Layout.NOTICE,
    Series.NOTICE,
    "信访事项不予受理告知书",
    """
我单位于{received_on}收到您反映的信访事项（信访件编号：{case_number}）。主要内容为：
{summary}
经审查，{reason}。根据{legal_basis}的规定，决定不予受理。
您可以向{where_to_go}提出。
如需了解有关情况，请与我单位联系。联系人：{contact}，联系电话：{phone}。
特此告知。
""",
    (
        TO,
        CASE,
        must("received_on", "收到日期", 23),
        must("summary", "信访事项摘要", 23),
        must("reason", "不予受理的理由", "《信访工作条例》第十九条、第二十三条"),
        must("legal_basis", "不予受理的依据", "《信访工作条例》第十九条、第二十三条"),
        must("where_to_go", "应向何处提出", 23),
        CONTACT,
        PHONE,
    ),
    service=True,
)

NO_FURTHER = Sheet(
    PaperKind.NO_FURTHER,
    Layout.NOTICE,
    Series.NOTICE,
    "信访事项不再受理告知书",
    """
我单位于{received_on}收到您反映的信访事项（信访件编号：{case_number}）。主要内容为：
{summary}
经查，该信访事项已由{final_body}于{final_on}作出复核意见（{final_number}）。{same_facts}。
根据《信访工作条例》第三十六条的规定，信访人对复核意见不服，仍然以同一事实和理由提出投诉请求的，各级党委和政府信访部门和其他机关、单位不再受理。您提出新的事实和理由的，可以作为新的信访事项提出。
如需政策解释或者帮扶救助方面的帮助，请与我单位联系。联系人：{contact}，联系电话：{phone}。
特此告知。
""",
    (
        TO,
        CASE,
        must("received_on", "收到日期", 23),
        must("summary", "信访事项摘要", 23),
        must("final_body", "复核机关", 36),
        must("final_number", "复核意见书文号", 36),
        must("final_on", "复核意见日期", 36),
        must("same_facts", "属同一事实和理由的说明", 36),
        CONTACT,
        PHONE,
    ),
    service=True,
)

ROUTING = Sheet(
    PaperKind.ROUTING,
    Layout.NOTICE,
    Series.NOTICE,
    "信访事项分类处理告知书",
    """
我单位于{received_on}收到您反映的信访事项（信访件编号：{case_number}）。主要内容为：
{summary}
经审查，您的诉求属于《信访工作条例》第三十一条第{path_item}项规定的情形，应当{route}。
一、有权处理的机关
{competent_body}
二、法律依据
{legal_basis}
三、办理程序和期限
{time_limit}
请您按照上述途径提出诉求，维护自身合法权益。如需了解有关情况，请与我单位联系。联系人：{contact}，联系电话：{phone}。
特此告知。
""",
    (
        TO,
        CASE,
        must("received_on", "收到日期", 23),
        must("summary", "诉求摘要", 23),
        must("path_item", "第三十一条的哪一项", 31),
        must("route", "应当如何处理", 31),
        must("competent_body", "有权处理的机关", 31),
        must("legal_basis", "法律依据", 31),
        must("time_limit", "该途径的程序和期限", 31),
        CONTACT,
        PHONE,
    ),
    service=True,
)

SUPPLEMENT = Sheet(
    PaperKind.SUPPLEMENT,
    Layout.NOTICE,
    Series.NOTICE,
    "信访事项补正告知书",
    """
您反映的信访事项（信访件编号：{case_number}）已于{received_on}登记。为便于查明情况，请您补充下列内容或者材料：
{missing_items}
请于{due_on}前，以下列方式提交：{how}。
{silence}
补正不影响该信访事项的登记和办理期限的计算。联系人：{contact}，联系电话：{phone}。
特此告知。
""",
    (
        TO,
        CASE,
        must("received_on", "登记日期", 22),
        must("missing_items", "需要补正的内容", "补正告知的通行做法（条例未作规定）"),
        must("how", "补正方式", "补正告知的通行做法（条例未作规定）"),
        must("due_on", "补正期限", "补正告知的通行做法（条例未作规定）"),
        must("silence", "逾期不补正的后果", "补正告知的通行做法（条例未作规定）"),
        CONTACT,
        PHONE,
    ),
    service=True,
)

EXTENSION = Sheet(
    PaperKind.EXTENSION,
    Layout.NOTICE,
    Series.NOTICE,
    "信访事项延长办理期限告知书",
    """
您反映的信访事项（信访件编号：{case_number}）于{accepted_on}受理，应于{due_on}前办结。因{reason}，情况复杂，不能在规定期限内办结。
根据《信访工作条例》第三十四条的规定，经本单位负责人{approver}批准，办理期限延长{days}日，延长至{new_due_on}。
如需了解办理情况，请与我单位联系。联系人：{contact}，联系电话：{phone}。
特此告知。
""",
    (
        TO,
        CASE,
        must("accepted_on", "受理日期", 34),
        must("due_on", "原办理期限", 34),
        must("new_due_on", "延长后的期限", 34),
        must("days", "延长天数", 34),
        must("reason", "延期理由", 34),
        must("approver", "批准的负责人", 34),
        CONTACT,
        PHONE,
    ),
    service=True,
)

SIMPLE_REPLY = Sheet(
    PaperKind.SIMPLE_REPLY,
    Layout.NOTICE,
    Series.NOTICE,
    "关于{subject}的答复",
    """
您于{received_on}反映的信访事项（信访件编号：{case_number}），我单位适用简易程序办理，现答复如下：
{answer}
{basis}
本答复于{answered_on}以{how}方式作出。承办人：{contact}，联系电话：{phone}。
感谢您对我们工作的关心和支持。
""",
    (
        TO,
        CASE,
        must("subject", "事由", "《信访事项简易办理办法（试行）》"),
        must("received_on", "收到日期", "《信访事项简易办理办法（试行）》"),
        must("answer", "答复内容", "《信访事项简易办理办法（试行）》"),
        may("basis", "依据"),
        must("how", "答复方式", "《信访事项简易办理办法（试行）》"),
        must("answered_on", "答复时间", "《信访事项简易办理办法（试行）》"),
        must("contact", "承办人", "《信访事项简易办理办法（试行）》"),
        PHONE,
        ATTACHMENTS,
    ),
    service=True,
)

NOTICES = (ACCEPTANCE, REFUSAL, NO_FURTHER, ROUTING, SUPPLEMENT, EXTENSION, SIMPLE_REPLY)
