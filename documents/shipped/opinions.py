"""The three opinions: handling, review, final review (条例 32, 35, 36)."""

from documents.enums import Layout, PaperKind, Series
from documents.shipped.sheet import ATTACHMENTS, CASE, CC, TO, Sheet, may, must

OPINION = Sheet(
    PaperKind.OPINION,
    Layout.NOTICE,
    Series.OPINION,
    "关于{subject}信访事项的处理意见书",
    """
您反映的信访事项（信访件编号：{case_number}），{received}。我单位于{accepted_on}受理，现已办理完毕。
一、投诉请求
{requests}
二、查明的事实和理由
{facts}
三、法律法规和政策依据
{legal_basis}
四、处理意见
{outcomes}
如不服本处理意见，根据《信访工作条例》第三十五条的规定，可以自收到本处理意见书之日起30日内，向{review_body}请求复查。
""",
    (
        TO,
        CASE,
        must("subject", "事由"),
        must("received", "收到日期和转送、交办的机关及日期", 22),
        must("accepted_on", "受理日期", 34),
        must("requests", "投诉请求", 32),
        must("facts", "查明的事实和理由", 32),
        must("legal_basis", "法律法规依据", 32),
        must("outcomes", "对每项请求的处理意见", 32),
        must("review_body", "复查机关", 35),
        ATTACHMENTS,
        CC,
    ),
    service=True,
)

REVIEW = Sheet(
    PaperKind.REVIEW,
    Layout.NOTICE,
    Series.OPINION,
    "关于{subject}信访事项的复查意见书",
    """
您不服{handling_body}于{opinion_on}作出的处理意见（{opinion_number}），于{requested_on}向我单位请求复查（信访件编号：{case_number}）。我单位依法进行了复查，现已复查终结。
一、复查请求和理由
{requests}
二、复查查明的事实
{facts}
三、法律法规和政策依据
{legal_basis}
四、复查意见
{finding}
如不服本复查意见，根据《信访工作条例》第三十六条的规定，可以自收到本复查意见书之日起30日内，向{final_body}请求复核。
""",
    (
        TO,
        CASE,
        must("subject", "事由"),
        must("requested_on", "请求复查日期", 35),
        must("handling_body", "原办理机关", 35),
        must("opinion_number", "原处理意见书文号", 35),
        must("opinion_on", "原处理意见日期", 35),
        must("requests", "复查请求和理由", 35),
        must("facts", "复查查明的事实", 35),
        must("legal_basis", "依据", 35),
        must("finding", "复查意见（维持、撤销、变更或者责令重新办理）", 35),
        must("final_body", "复核机关", 36),
        ATTACHMENTS,
        CC,
    ),
    service=True,
)

FINAL_REVIEW = Sheet(
    PaperKind.FINAL_REVIEW,
    Layout.NOTICE,
    Series.OPINION,
    "关于{subject}信访事项的复核意见书",
    """
您不服{review_body}于{review_on}作出的复查意见（{review_number}），于{requested_on}向我单位请求复核（信访件编号：{case_number}）。我单位依法进行了复核，现已复核终结。
一、复核请求和理由
{requests}
二、复核查明的事实
{facts}
{hearing}
三、法律法规和政策依据
{legal_basis}
四、复核意见
{finding}
{publication}
本复核意见为信访事项的终结性意见。根据《信访工作条例》第三十六条的规定，信访人对复核意见不服，仍然以同一事实和理由提出投诉请求的，各级党委和政府信访部门和其他机关、单位不再受理。
""",
    (
        TO,
        CASE,
        must("subject", "事由"),
        must("requested_on", "请求复核日期", 36),
        must("review_body", "复查机关", 36),
        must("review_number", "复查意见书文号", 36),
        must("review_on", "复查意见日期", 36),
        must("requests", "复核请求和理由", 36),
        must("facts", "复核查明的事实", 36),
        may("hearing", "听证情况"),
        must("legal_basis", "依据", 36),
        must("finding", "复核意见", 36),
        may("publication", "公示情况"),
        ATTACHMENTS,
        CC,
    ),
    service=True,
)

OPINIONS = (OPINION, REVIEW, FINAL_REVIEW)
