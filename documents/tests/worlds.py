"""What the papers of these tests say."""

from datetime import date, datetime

from core.timekeeping import SHANGHAI

AT = datetime(2026, 3, 5, 10, 0, tzinfo=SHANGHAI)

ACCEPTANCE = {
    "to": "张䶮",
    "case_number": "339999-2026-0417230",
    "received_on": date(2026, 3, 1),
    "source": "您通过网上信访平台提交",
    "summary": "河沿路夜市凌晨仍在营业，要求规范经营时间。",
    "acceptance": "您反映的事项属于我单位职责范围，决定予以受理",
    "path": "按照《信访工作条例》第三十一条第六项规定的程序办理。",
    "time_limit": "自受理之日起60日内办结。",
    "responsible_unit": "清江县城市管理局",
    "contact": "陈立",
    "phone": "0571-00000000",
    "query_way": "凭信访件编号和查询码查询。",
}

OPINION = {
    "to": "阿依古丽·买买提",
    "case_number": "339999-2026-0417230",
    "subject": "河沿路夜市噪声",
    "received": "由清江县信访局于2026年2月27日转送，我单位于2026年3月1日收到",
    "accepted_on": date(2026, 3, 1),
    "requests": ["夜市二十二时收摊；", "公开检查结果。"],
    "facts": "经查，夜间噪声58分贝，超过限值。",
    "legal_basis": "《中华人民共和国噪声污染防治法》第六十三条。",
    "outcomes": ["予以支持。", "予以支持。"],
    "review_body": "清江县人民政府",
}
