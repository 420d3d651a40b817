"""Better wordings of shipped texts: version 2, entered by migration 0005 where version 1 is still the one that shipped.

Each point is one paragraph, so that the paper of a usual case ends on its first page with its seal. They ask for the
same fields as the versions before.
"""

from dataclasses import replace

from documents.enums import Layout, PaperKind, Series
from documents.shipped.between_offices import ASSIGNMENT
from documents.shipped.notices import ACCEPTANCE, ROUTING, SIMPLE_REPLY
from documents.shipped.opinions import OPINION
from documents.shipped.sheet import CASE, CONTACT, PHONE, TO, Sheet, must

ACCEPTANCE_2 = replace(
    ACCEPTANCE,
    body="""
{source}，我单位于{received_on}收到您反映的信访事项（信访件编号：{case_number}），主要内容为：{summary}
经审查，{acceptance}。根据《信访工作条例》第二十三条的规定，现将有关事项告知如下：
一、处理途径和程序：{path}
二、办理期限：{time_limit}
三、责任单位和联系方式：{responsible_unit}，联系人{contact}，联系电话{phone}。
四、查询方式：{query_way}
""",
)

ROUTING_2 = replace(
    ROUTING,
    body="""
我单位于{received_on}收到您反映的信访事项（信访件编号：{case_number}），主要内容为：{summary}
经审查，您的诉求属于《信访工作条例》第三十一条第{path_item}项规定的情形，应当{route}。
一、有权处理的机关：{competent_body}
二、法律依据：{legal_basis}
三、办理程序和期限：{time_limit}
请您按照上述途径提出诉求，维护自身合法权益。如需了解有关情况，请与我单位联系。联系人：{contact}，联系电话：{phone}。
""",
)

ASSIGNMENT_2 = replace(
    ASSIGNMENT,
    body="""
根据《信访工作条例》第二十二条的规定，现将下列信访事项交由你单位办理：
{cases}
一、办理要求：{demand}
二、办理期限：请于{due_on}前办结，并反馈办理结果。
三、反馈要求：{report_demand}
请自收到之日起15日内书面告知信访人接收情况以及处理途径和程序。不属于你单位职责范围的，请自收到之日起5个工作日内提出异议，详细说明理由；经核实同意后，交还有关材料。联系人：{contact}，联系电话：{phone}。
""",
)

LATER = (ACCEPTANCE_2, ROUTING_2, ASSIGNMENT_2)

# By migration 0007. Each point of a short opinion stands in its heading's own paragraph, so that it ends on its first
# page with its seal; whatever is long breaks into paragraphs by itself.
OPINION_2 = replace(
    OPINION,
    body="""
您反映的信访事项（信访件编号：{case_number}），{received}。我单位于{accepted_on}受理，现已办理完毕。
一、投诉请求：{requests}
二、查明的事实和理由：{facts}
三、法律法规和政策依据：{legal_basis}
四、处理意见：{outcomes}
如不服本处理意见，根据《信访工作条例》第三十五条的规定，可以自收到本处理意见书之日起30日内，向{review_body}请求复查。
""",
)

SIMPLE_REPLY_2 = replace(
    SIMPLE_REPLY,
    body="""
您于{received_on}反映的信访事项（信访件编号：{case_number}），我单位适用简易程序办理，现答复如下：
{answer}
{basis}
{remedy}
本答复于{answered_on}以{how}方式作出。承办人：{contact}，联系电话：{phone}。
感谢您对我们工作的关心和支持。
""",
    fields=(
        *SIMPLE_REPLY.fields,
        must("remedy", "不服答复怎么办（要求按普通程序办理、请求复查）", "《信访事项简易办理办法（试行）》"),
    ),
)

LATER_2 = (OPINION_2, SIMPLE_REPLY_2)

# By migration 0007 as well, version 1: it was no kind of paper before.
GUIDANCE = Sheet(
    PaperKind.GUIDANCE,
    Layout.NOTICE,
    Series.NOTICE,
    "涉法涉诉信访事项告知书",
    """
我单位于{received_on}收到您反映的信访事项（信访件编号：{case_number}），主要内容为：{summary}
经审查，您反映的属于诉讼、刑事立案、法律监督等涉法涉诉事项，按照诉讼与信访分离的规定，不由信访部门受理（《信访工作条例》第二十二条、第三十一条第一项）。
一、有权处理的机关：{competent_body}
二、处理程序：{procedure}
三、法律依据：{legal_basis}
请您按照上述程序向该机关提出，依法维护自身合法权益。如需了解有关情况，请与我单位联系。联系人：{contact}，联系电话：{phone}。
""",
    (
        TO,
        CASE,
        must("received_on", "收到日期", 22),
        must("summary", "信访事项摘要", 22),
        must("competent_body", "有权处理的政法机关", 31),
        must("procedure", "按什么程序处理", 31),
        must("legal_basis", "法律依据", 31),
        CONTACT,
        PHONE,
    ),
    service=True,
)
