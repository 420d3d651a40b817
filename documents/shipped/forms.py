"""Slips and records: filled in, signed by hand, not approved and not numbered."""

from documents.enums import Layout, PaperKind, Series
from documents.shipped.sheet import CASE, Sheet, may, must

REGISTRATION = Sheet(
    PaperKind.REGISTRATION,
    Layout.FORM,
    Series.NONE,
    "信访事项登记单",
    """
登记编号：{case_number}
登记时间：{registered_at}
登记机构、登记人：{registered_by}
信访形式：{channel}
信件邮戳日期：{postmark}
来源：{source}
姓名（名称）：{name}
证件：{id_paper}
住址：{address}
电话：{phone}
信访人数：{head_count}
代表：{representatives}
投诉请求：{requests}
事实和理由：{facts}
问题属地：{place}
被反映单位：{complained_of}
内容分类：{category}
信访目的：{purpose}
初次或重复：{first_time}
匿名、保密：{privacy}
附件：{enclosures}
来访人签名：{signature}
""",
    (
        CASE,
        must("registered_at", "登记时间", 22),
        must("registered_by", "登记机构、登记人", 22),
        must("channel", "信访形式", 17),
        may("postmark", "邮戳日期"),
        may("source", "来源"),
        may("name", "姓名（名称）"),
        may("id_paper", "证件"),
        may("address", "住址"),
        may("phone", "电话"),
        may("head_count", "人数"),
        may("representatives", "代表"),
        may("requests", "投诉请求"),
        must("facts", "事实和理由", 19),
        may("place", "问题属地"),
        may("complained_of", "被反映单位"),
        may("category", "内容分类"),
        may("purpose", "信访目的"),
        may("first_time", "初次或重复"),
        may("privacy", "匿名、保密"),
        may("enclosures", "附件"),
        may("signature", "来访人签名"),
    ),
    approval=False,
)

RECEIPT = Sheet(
    PaperKind.RECEIPT,
    Layout.FORM,
    Series.NONE,
    "信访事项登记回执",
    """
登记编号：{case_number}
信访人：{name}
登记时间：{registered_at}
信访事项：{summary}
办理去向：{where_to}
查询方式：{query_way}
联系电话：{phone}
您可以凭登记编号查询办理进度，并对办理工作进行评价（《信访工作条例》第二十一条）
""",
    (
        CASE,
        may("name", "信访人"),
        must("registered_at", "登记时间", 22),
        must("summary", "信访事项", 21),
        may("where_to", "办理去向"),
        must("query_way", "查询方式", 21),
        may("phone", "联系电话"),
    ),
    approval=False,
)

HEARING_RECORD = Sheet(
    PaperKind.HEARING_RECORD,
    Layout.FORM,
    Series.NONE,
    "信访事项听证笔录",
    """
信访件编号：{case_number}
听证事由：{matter}
时间：{when}
地点：{where}
听证通知：{notice}
听证主持人、听证员、记录人：{panel}
回避情况：{recusal}
参加人：{parties}
陈述和申辩：{statements}
证据和质证：{evidence}
听证意见：{opinion}
不计入复核期限的日期：{excluded_days}
参加人签名：{signatures}
""",
    (
        CASE,
        must("matter", "听证事由", "《信访工作条例》第三十一条、第三十六条"),
        must("when", "时间", 36),
        must("where", "地点"),
        must("notice", "听证通知情况"),
        must("panel", "听证人员"),
        must("recusal", "回避情况", 28),
        must("parties", "参加人"),
        must("statements", "陈述和申辩"),
        must("evidence", "证据和质证"),
        must("opinion", "听证意见"),
        may("excluded_days", "不计入复核期限的日期"),
        may("signatures", "签名"),
    ),
    approval=False,
)

_SERVICE = "送达（参照《民事诉讼法》第八十七条至第九十五条）"
SERVICE_RECORD = Sheet(
    PaperKind.SERVICE_RECORD,
    Layout.FORM,
    Series.NONE,
    "送达回证",
    """
送达文书名称、文号：{paper}
受送达人：{recipient}
送达方式：{method}
送达地点：{where}
送达时间：{when}
受送达人签名或盖章：{signature}
代收人及与受送达人关系：{received_by}
拒收事由：{refusal}
见证人签名：{witnesses}
佐证材料：{evidence}
送达人：{server}
备注：{remark}
""",
    (
        must("paper", "送达文书名称、文号", _SERVICE),
        must("recipient", "受送达人", _SERVICE),
        must("method", "送达方式", _SERVICE),
        must("where", "送达地点", _SERVICE),
        may("when", "送达时间"),
        may("signature", "签名"),
        may("received_by", "代收人"),
        may("refusal", "拒收事由"),
        may("witnesses", "见证人"),
        may("evidence", "佐证材料"),
        must("server", "送达人", _SERVICE),
        may("remark", "备注"),
    ),
    approval=False,
)

INSTRUCTION = Sheet(
    PaperKind.INSTRUCTION,
    Layout.FORM,
    Series.NONE,
    "领导批示单",
    """
信访件编号：{case_number}
信访事项：{summary}
批示领导：{leader}
批示日期：{instructed_on}
批示内容：{text}
承办单位：{undertaking}
办理期限：{due_on}
办理结果：{result}
""",
    (
        CASE,
        must("summary", "信访事项", 18),
        must("leader", "批示领导", 18),
        must("instructed_on", "批示日期", 18),
        must("text", "批示内容", 18),
        must("undertaking", "承办单位", 18),
        must("due_on", "办理期限", 18),
        may("result", "办理结果"),
    ),
    approval=False,
)

FORMS = (REGISTRATION, RECEIPT, HEARING_RECORD, SERVICE_RECORD, INSTRUCTION)
