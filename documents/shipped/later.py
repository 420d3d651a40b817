"""Better wordings of shipped texts: version 2, entered by migration 0005 where version 1 is still the one that shipped.

Each point is one paragraph, so that the paper of a usual case ends on its first page with its seal. They ask for the
same fields as the versions before.
"""

from dataclasses import replace

from documents.shipped.between_offices import ASSIGNMENT
from documents.shipped.notices import ACCEPTANCE, ROUTING

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
