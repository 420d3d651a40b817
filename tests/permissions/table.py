"""Who gets what at which door: written by hand, checked against every door, printed as docs/permissions.md.

Nothing here is taken from the rules or the views. ``DOORS`` are lines of ``door door … | METHOD answer … | who ; answer:
who | 其余 answer``: those named first get the answer beside the method, further ones their own, everybody else 403 (or what
其余 says). Visitors are sent to log in (登录) and somebody without a post gets 403 at every door of the staff, unless
a line says otherwise. For doors of a case ``who`` is the name of a table of people for each case; whoever is not in it gets
404, as for a case that does not exist, once their role lets them in at all (``| 限 people``: 403 to the others).

Answers: 200 and 422 (a form with nothing in it) are what one who may gets; 转到 leads on, 查询 asks for number and code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.permissions.town import CASES, PEOPLE

VISITORS = ("访客", "信访人")
EVERYBODY = " ".join(PEOPLE)
STAFF = " ".join(label for label in PEOPLE if label not in {*VISITORS, "无岗"})
ADMINISTRATORS = "系统管理员 安全管理员 审计员"
READING_ROLES = " ".join(label for label in STAFF.split() if label not in ADMINISTRATORS.split())
LEADERS = "分管领导 包案领导"
COUNTER = "登记员 登记人 镇登记员 专员"
RECEIVERS = f"{COUNTER} {LEADERS}"
STATISTICS = f"专员 负责人 {LEADERS} 督查 统计 上级"
#: They have tables of their own; that of the statistician is shared with the officer and with nobody else.
NO_TABLE = f"负责人 {LEADERS} 督查 上级"
OFFICES = f"专员 承办 负责人 协办 {LEADERS} 督查 纪委 外单位 本村 被反映 上级"
#: Roles that are on duty rosters, but for those of 城市管理局.
DUTY_ELSEWHERE = f"{COUNTER} 协办 纪委 外单位 本村 被反映 上级"
#: Who convenes talks, and units to which a matter may be passed.
DESK_OF_TALKS = f"{COUNTER} 承办 负责人 协办 调解员 督查 纪委 外单位 本村 被反映 上级"
#: Who takes up what came to the room of this town: its mediator, the head of its unit, the petition office.
AT_THE_ROOM = "专员 调解员 上级"
DESKS = f"登记员 登记人 镇登记员 {OFFICES}"

OVERSEERS = "专员 督查"
#: Who reads the meeting of this town: who keeps, inspects or presides, and the units that attended.
CONFERRING = f"{OVERSEERS} 承办 负责人 协办 {LEADERS}"

#: 条例 14, 16, 28, 30. Whoever is not here does not learn that the case exists.
READS: dict[str, str] = {
    "本局": "登记员 登记人 专员 承办 负责人 协办 分管领导 包案领导 督查 统计",
    "包案": "登记员 登记人 专员 包案领导 调解员 督查 统计 外单位",
    "被反映": "登记员 登记人 专员 督查 统计 本村",
    "保密": "登记员 登记人 专员 承办 负责人 分管领导 督查 统计",
    "复查": "登记员 登记人 专员 承办 负责人 分管领导 包案领导 督查 统计",
    "密件": "登记人 纪委",
    "后密": "纪委",
    "保管": "登记人",
    "回避": "登记人 协办 统计",
}
#: A sealed case has no part in the rooms of leaders and mediation, whoever asks.
OPENLY = {case: "" if case in {"密件", "后密", "保管"} else who for case, who in READS.items()}
#: 申请延期: whoever handles the case in the unit that leads; whether its term can be extended is said on the page.
ASKS = {
    "本局": "承办", "包案": "", "被反映": "本村", "保密": "承办", "复查": "承办",
    "密件": "", "后密": "", "保管": "", "回避": "",
}  # fmt: skip
#: 办理记录, as an act that only the parties may do; every act in every state stands in who_may.py.
NOTES = {
    "本局": "承办 负责人 协办",
    "包案": "外单位",
    "被反映": "本村",
    "保密": "承办 负责人",
    "复查": "承办 负责人",
    "密件": "纪委",
    "后密": "纪委",
    "保管": "",
    "回避": "协办",
}
#: Opening one masked field of a person with a reason (PIPL 6, 28).
UNMASKS = {
    "本局": "登记员 登记人 专员 承办 负责人 协办",
    "包案": "登记员 登记人 专员 外单位",
    "被反映": "登记员 登记人 专员 本村",
    "保密": "登记员 登记人 专员",
    "复查": "登记员 登记人 专员 承办 负责人",
    "密件": "纪委",
    "后密": "纪委",
    "保管": "登记人",
    "回避": "登记人 协办",
}
#: The archive page: petition officers, inspectors, and the discipline route; others who read the case do not open it.
KEEPS = {
    "本局": "专员 督查",
    "包案": "专员 督查",
    "被反映": "专员 督查",
    "保密": "专员 督查",
    "复查": "专员 督查",
    "密件": "纪委",
    "后密": "纪委",
    "保管": "",
    "回避": "",
}
#: Of what hangs on a case there is only that of 包案, 后密 and 回避; of 后密 nobody knows any more.
HANGS = {"包案": READS["包案"], "后密": "", "回避": READS["回避"]}
WRITTEN = {"包案": "登记员 登记人 专员 包案领导 督查 统计", "后密": "", "回避": "登记人 统计"}
#: Asked of an open case, of one in mediation, of one sealed at once and of one sealed in the middle of it.
MEDIATES = {"本局": "", "包案": READS["包案"], "密件": "", "后密": "", "回避": READS["回避"]}
BOOKS = {**MEDIATES, "包案": "专员 调解员 外单位", "回避": "协办"}
HOLDS = {**MEDIATES, "包案": "专员 调解员", "回避": ""}
BOOKED = {case: BOOKS[case] for case in HANGS}
#: Minutes and recordings are of whoever sits in the session as mediator; the inspector may open a recording.
MINUTES = {"包案": "调解员", "后密": "", "回避": ""}
LISTENS = {"包案": "调解员 督查", "后密": "", "回避": ""}
HELD = {case: HOLDS[case] for case in HANGS}
#: Opening a mediation, of a case in whichever state; that it stands in one already is told on the form.
OPENS = {
    **OPENLY,
    "本局": "专员 承办 负责人 协办",
    "包案": "专员 外单位",
    "被反映": "专员 本村",
    "保密": "专员 承办 负责人",
    "复查": "专员 承办 负责人",
    "回避": "协办",
}
#: Calling a joint sitting: whoever may open a mediation, and the mediator of one.
CALLS = {**OPENS, "包案": "专员 调解员 外单位"}
#: Who sees the sitting of this town: whoever reads its case, and the unit that was asked to it.
SITTING = f"{READS['本局']} 外单位"
NOT_CONVENING = "登记员 登记人 承办 负责人 协办 分管领导 包案领导 督查 统计"
#: Who reads the agreements of this town beside the petition office: whoever reads the record of their case's mediation.
AGREED_READ = "承办 负责人 协办 督查"
#: A package is struck off by its leader or the office; an instruction reported on by the unit it names alone, here
#: 西山社区, where nobody of these holds a post; test_rights_first.py has somebody who does.
STRIKES = {"包案": "专员 包案领导", "后密": "", "回避": ""}
#: The visit before it is the petition office's; that nothing waits for it is told on the form.
GOES_OUT = {"包案": "专员 督查", "后密": "", "回避": ""}
HANDS_OVER = {"包案": "专员", "后密": "", "回避": ""}
REPORTS = dict.fromkeys(HANGS, "")
#: An application for review is entered at the desk that reads the case; that there is one is told on the form.
APPLIES = {
    **OPENLY,
    **dict.fromkeys(("本局", "包案", "被反映", "保密", "复查"), "登记员 登记人 专员"),
    "回避": "登记人",
}
#: What is done to a review, asked of a case under review and of all the others, which are under none.
REVIEWED = {case: READS[case] if case == "复查" else "" for case in CASES}
TAKES_BACK = {**REVIEWED, "复查": "登记员 登记人 专员"}
HEARS = {**REVIEWED, "复查": f"专员 {LEADERS}"}
DECIDES = {**REVIEWED, "复查": LEADERS}
#: What the petition office alone enters, of a case under no 复核: it is told so on the form.
ENTERS = {case: "专员" if case in {"本局", "包案", "被反映", "保密", "复查"} else "" for case in CASES}
#: No case here has ended with a 复核; what follows one is asked in reviews/tests.
ENDED = dict.fromkeys(CASES, "")
#: A paper of 城市管理局 hangs on these, drafted before the case was sealed or people were recused.
PAPERS = {case: READS[case] for case in ("本局", "保密", "后密", "回避")}
WRITES = {**dict.fromkeys(PAPERS, ""), "本局": "承办 负责人", "保密": "承办 负责人"}
#: Sent back by whoever may write or sign it.
BACK = {**WRITES, "本局": "承办 负责人 分管领导 包案领导", "保密": "承办 负责人 分管领导"}
#: Whoever may write is told that it is no time for it, and the route that an accusation has no such paper (条例 30).
STEPS = {**WRITES, "后密": "纪委"}
DRAFTS = {**dict.fromkeys(CASES, ""), "本局": "承办 负责人", "保密": "承办 负责人", "被反映": "本村"}
#: Answered already, it asks for no more material; whoever writes papers of the case is told so.
LATE = {**dict.fromkeys(CASES, ""), "复查": "登记员 登记人 专员 承办 负责人 督查"}
#: 督办 is opened by inspectors and officers who read the case, in whatever state: that it takes none is told after.
PRESSES = {
    case: " ".join(one for one in who.split() if one in {"专员", "督查"}) for case, who in OPENLY.items()
}
#: What was demanded: of the unit, of its leaders, and whoever supervises; nothing is demanded in the other cases.
DEMANDED = {"包案": "专员 包案领导 督查 外单位", "后密": "", "回避": ""}
PRESSED = {**DEMANDED, "包案": "专员 督查"}
LISTS = {**DEMANDED, "包案": "包案领导 督查"}
CONFIRMS = {**DEMANDED, "包案": "督查"}
WATCHES = {**DEMANDED, "包案": "专员 包案领导 督查"}
#: 西山社区, of which it is demanded, has nobody here.
ANSWERS = dict.fromkeys(DEMANDED, "")
#: 紧急调度: whoever reads the case at a counter or in the office; a body that was called answers, here one without people.
DISPATCHES = {
    case: " ".join(one for one in who.split() if one in {*COUNTER.split(), "督查"})
    for case, who in OPENLY.items()
}
#: 管辖争议 is opened by the petition office's officers who read the case; that it is in hand is told on the form. One
#: hangs on 包案 alone; leaders of the district, to whom it goes up, read it without the case.
DISPUTES = {case: " ".join(one for one in who.split() if one == "专员") for case, who in OPENLY.items()}
DISPUTED = {"包案": f"{READS['包案']} 分管领导 协办"}  # of the other unit, which is asked to agree
HARMONISES = {"包案": "专员"}
RULES_ON = {"包案": LEADERS}
TELLS = {"包案": "登记员 登记人 专员 督查", "后密": "", "回避": "登记人"}
CLEARS = {"包案": "专员 督查", "后密": "", "回避": ""}
#: What the answer of that case supported is carried out by its unit, and confirmed by the petition office.
SETS_DAY = {**REVIEWED, "复查": "负责人"}
CARRIES_OUT = {**REVIEWED, "复查": "承办 负责人"}
VERIFIES = {**REVIEWED, "复查": "专员"}
#: A return visit is learned of as a rating is: by those who watch, and by whoever is to make it, not by the unit.
VISITED = {**REVIEWED, "复查": f"登记员 专员 {LEADERS} 督查"}
ASSIGNS = {**REVIEWED, "复查": "专员"}
GOES_BACK = {**REVIEWED, "复查": "登记员"}
SENDS_BACK = {
    **OPENLY,
    **dict.fromkeys(("本局", "包案", "被反映", "保密", "复查"), "专员 督查"),
    "回避": "",
}
#: 三到位一处理 is answered by the lead unit; 化解 and 息诉 are marked by it, or by an officer.
CHECKS = {
    **OPENLY,
    **dict.fromkeys(("本局", "保密", "复查"), "承办 负责人"),
    "包案": "外单位",
    "被反映": "本村",
    "回避": "",
}
MARKS = {case: f"{who} 专员" if who else "" for case, who in CHECKS.items()}
UNDOES = {**REVIEWED, "复查": MARKS["复查"]}
#: A hearing that is to come hangs on these, of 后密 and 回避 from before; 负责人 alone decides.
HEARD = {"本局": READS["本局"], "后密": "", "回避": READS["回避"]}
SITS = {**dict.fromkeys(HEARD, ""), "本局": "承办 负责人"}
JUDGES = {**dict.fromkeys(HEARD, ""), "本局": "负责人"}
NO_STATE = {case: "登记人" if case == "保管" else "" for case in CASES}
TABLES = {
    "READS": READS, "OPENLY": OPENLY, "NOTES": NOTES, "UNMASKS": UNMASKS, "HANGS": HANGS, "WRITTEN": WRITTEN,
    "MEDIATES": MEDIATES, "BOOKS": BOOKS, "HOLDS": HOLDS, "BOOKED": BOOKED, "HELD": HELD, "NO_STATE": NO_STATE,
    "KEEPS": KEEPS, "OPENS": OPENS, "CALLS": CALLS, "STRIKES": STRIKES, "GOES_OUT": GOES_OUT, "HANDS_OVER": HANDS_OVER, "REPORTS": REPORTS,
    "APPLIES": APPLIES, "REVIEWED": REVIEWED, "TAKES_BACK": TAKES_BACK, "HEARS": HEARS, "DECIDES": DECIDES,
    "ENTERS": ENTERS, "ENDED": ENDED,
    "PAPERS": PAPERS, "WRITES": WRITES, "BACK": BACK, "STEPS": STEPS,
    "DRAFTS": DRAFTS, "LATE": LATE,
    "PRESSES": PRESSES, "DEMANDED": DEMANDED, "PRESSED": PRESSED,
    "DISPATCHES": DISPATCHES, "TELLS": TELLS, "CLEARS": CLEARS, "LISTS": LISTS, "CONFIRMS": CONFIRMS, "WATCHES": WATCHES, "ANSWERS": ANSWERS,
    "DISPUTES": DISPUTES, "DISPUTED": DISPUTED, "HARMONISES": HARMONISES, "RULES_ON": RULES_ON,
    "ASKS": ASKS, "SETS_DAY": SETS_DAY, "CARRIES_OUT": CARRIES_OUT, "VERIFIES": VERIFIES,
    "VISITED": VISITED, "ASSIGNS": ASSIGNS, "GOES_BACK": GOES_BACK, "SENDS_BACK": SENDS_BACK,
    "MINUTES": MINUTES, "LISTENS": LISTENS,
    "HEARD": HEARD, "SITS": SITS, "JUDGES": JUDGES,
    "CHECKS": CHECKS, "MARKS": MARKS, "UNDOES": UNDOES,
}  # fmt: skip
CALLED = {
    "READS": "读得到本件的", "OPENLY": "读得到本件、而本件不密的", "NOTES": "经办本件的", "UNMASKS": "可以点开个人信息的",
    "HANGS": "读得到所挂之件的", "WRITTEN": "看得到批示文字的", "MEDIATES": "读得到、而正在调解的",
    "BOOKS": "可以安排调解的", "HOLDS": "可以记录调解的", "BOOKED": "可以取消场次的", "HELD": "可以记录场次的",
    "NO_STATE": "读得到、而本件状态不办这一步的", "KEEPS": "可以打开档案页的",
    "OPENS": "可以转入调解的", "CALLS": "可以召集会办的", "STRIKES": "可以办理包案的", "GOES_OUT": "可以作销案回访的", "HANDS_OVER": "可以交接包案的", "REPORTS": "可以反馈批示的",
    "APPLIES": "可以登记复查申请的", "REVIEWED": "读得到、而正在复查复核的",
    "TAKES_BACK": "可以登记撤回复查申请的", "HEARS": "为复查机关经办的", "DECIDES": "可以作出复查意见的",
    "ENTERS": "可以登记外部复核和疏导帮扶的", "ENDED": "已经复核终结的（这里没有）",
    "PAPERS": "读得到文书的", "WRITES": "拟写文书的", "BACK": "可以退回文书的", "STEPS": "可以办理文书、而现在不是时候的",
    "DRAFTS": "可以拟写本件文书的", "LATE": "拟写本件文书、而现在不需要这种的",
    "PRESSES": "可以督办本件的", "DEMANDED": "看得到本次督办的", "PRESSED": "可以登记、审核督办的",
    "DISPATCHES": "可以紧急调度的", "TELLS": "可以报告进展、上报的", "CLEARS": "可以登记处置完毕的",
    "LISTS": "可以挂牌督办的", "CONFIRMS": "可以确认督办的", "WATCHES": "看得到督办情况的", "ANSWERS": "可以反馈督办的",
    "DISPUTES": "可以提出管辖争议的", "DISPUTED": "看得到管辖争议的", "HARMONISES": "可以登记协商、报请的",
    "RULES_ON": "为共同上级决定的",
    "ASKS": "主办单位的承办人",
    "SETS_DAY": "可以设定执行日期的", "CARRIES_OUT": "可以反馈执行情况的", "VERIFIES": "可以核实执行情况的",
    "VISITED": "读得到、而可以知道回访的", "ASSIGNS": "可以确定回访人的", "GOES_BACK": "确定的回访人",
    "SENDS_BACK": "可以安排回访的", "CHECKS": "可以核对三到位一处理的", "MARKS": "可以登记化解、息诉的",
    "UNDOES": "可以撤销化解、息诉登记的",
    "MINUTES": "在这场里坐着的调解员", "LISTENS": "可以打开录音录像的",
    "HEARD": "读得到、而有听证的", "SITS": "可以办理听证的", "JUDGES": "可以决定听证的",
}  # fmt: skip

CASE_DOORS = f"""
petitions:detail petitions:preview petitions:clock petitions:attachment | GET 200 | READS | 限 {READING_ROLES}
petitions:act | GET 200 POST 422 | NOTES ; 409: NO_STATE ; 403: READS | 限 {READING_ROLES}
petitions:reveal | GET 200 POST 422 | UNMASKS ; 403: READS | 限 {READING_ROLES}
petitions:archive_case | GET 200 POST 422 | KEEPS ; 403: READS | 限 {READING_ROLES}
leaders:instruct | GET 200 POST 422 | OPENLY | 限 {LEADERS}
leaders:extension_ask | GET 200 POST 422 | ASKS ; 403: OPENLY | 限 专员 承办 协办 纪委 外单位 本村 被反映
leaders:receive_case | GET 200 POST 422 | OPENLY | 限 {RECEIVERS}
leaders:package leaders:package_clock | GET 200 | HANGS | 限 {STAFF}
leaders:strike_off leaders:package_enter leaders:package_leave leaders:package_plan leaders:package_join leaders:package_part leaders:package_inquire leaders:package_find leaders:package_note leaders:package_reach | POST 422 | STRIKES ; 403: HANGS | 限 {STAFF}
leaders:package_decide | POST 422 | STRIKES ; 403: HANGS | 限 {STAFF}
leaders:package_hand_over | POST 422 | HANDS_OVER ; 403: HANGS | 限 {STAFF}
leaders:package_visit_back | POST 422 | GOES_OUT ; 403: HANGS | 限 {STAFF}
leaders:instruction leaders:instruction_clock | GET 200 | WRITTEN | 限 {STAFF}
leaders:report | POST 422 | REPORTS ; 403: WRITTEN | 限 {STAFF}
leaders:name_doer | POST 422 | STRIKES ; 403: WRITTEN | 限 {STAFF}
leaders:acknowledge | POST 422 | WRITTEN | 限 {LEADERS}
reviews:case | GET 200 | OPENLY | 限 {STAFF}
reviews:apply | POST 422 | APPLIES ; 403: OPENLY | 限 {STAFF}
reviews:withdraw | POST 422 | TAKES_BACK ; 403: REVIEWED | 限 {STAFF}
reviews:hearing reviews:hearing_call reviews:serve | POST 422 | HEARS ; 403: REVIEWED | 限 {STAFF}
reviews:decide reviews:not_admit reviews:hearing_recusal reviews:hearing_call_off | POST 422 | DECIDES ; 403: REVIEWED | 限 {STAFF}
reviews:elsewhere reviews:care | POST 422 | ENTERS ; 403: OPENLY | 限 {STAFF}
reviews:elsewhere_outcome | POST 422 | ENDED ; 403: REVIEWED | 限 {STAFF}
reviews:prepare reviews:publish reviews:care_done | POST 422 | ENDED | 限 {STAFF}
reviews:clock | GET 200 | REVIEWED | 限 {STAFF}
papers:paper papers:docx | GET 200 | PAPERS | 限 {READING_ROLES}
papers:pdf | GET 409 | PAPERS | 限 {READING_ROLES}
papers:preview | POST 200 | WRITES ; 403: PAPERS | 限 {READING_ROLES}
papers:save papers:serve | POST 422 | WRITES ; 403: PAPERS | 限 {READING_ROLES}
papers:send_back | POST 422 | BACK ; 403: PAPERS | 限 {READING_ROLES}
papers:discard | POST 422 | WRITES ; 403: PAPERS | 限 {READING_ROLES}
papers:put_to_leader | POST 422 | BACK ; 403: PAPERS | 限 {READING_ROLES}
papers:record | POST 409 | WRITES ; 403: PAPERS | 限 {READING_ROLES}
papers:step | POST 409 | STEPS ; 403: PAPERS | 限 {READING_ROLES}
papers:draft | POST 转到 | DRAFTS ; 409: LATE ; 403: READS | 限 {READING_ROLES}
supervision:open supervision:call | GET 200 POST 422 | PRESSES | 限 {OVERSEERS}
supervision:detail supervision:clock | GET 200 | DEMANDED | 限 {STAFF}
supervision:confirm | POST 409 | CONFIRMS ; 403: DEMANDED | 限 {STAFF}
supervision:dismiss | POST 422 | CONFIRMS ; 403: DEMANDED | 限 {STAFF}
supervision:effort supervision:decide | POST 422 | PRESSED ; 403: DEMANDED | 限 {STAFF}
supervision:effort_file | GET 200 | WATCHES | 限 {STAFF}
supervision:dispatch | GET 200 POST 422 | DISPATCHES | 限 {COUNTER} 督查
supervision:urgent | GET 200 | HANGS | 限 {STAFF}
supervision:acknowledge supervision:arrive | POST 转到 | ANSWERS ; 403: HANGS | 限 {STAFF}
supervision:note supervision:report_up | POST 422 | TELLS ; 403: HANGS | 限 {STAFF}
supervision:clear | POST 422 | CLEARS ; 403: HANGS | 限 {STAFF}
supervision:put_on_list | POST 422 | LISTS ; 403: DEMANDED | 限 {STAFF}
supervision:tick | POST 422 | PRESSED ; 403: DEMANDED | 限 {STAFF}
supervision:feed_back | POST 422 | ANSWERS ; 403: DEMANDED | 限 {STAFF}
conference:dispute_open | GET 200 POST 422 | DISPUTES ; 403: OPENLY | 限 {STAFF}
conference:dispute | GET 200 | DISPUTED | 限 {STAFF}
conference:dispute_raise conference:dispute_agree | POST 422 | HARMONISES ; 403: DISPUTED | 限 {STAFF}
conference:dispute_decide | POST 422 | RULES_ON ; 403: DISPUTED | 限 {STAFF}
outcomes:execution outcomes:clock | GET 200 | REVIEWED | 限 {STAFF}
outcomes:execution_due | POST 422 | SETS_DAY ; 403: REVIEWED | 限 {STAFF}
outcomes:execution_report | POST 422 | CARRIES_OUT ; 403: REVIEWED | 限 {STAFF}
outcomes:execution_confirm | POST 422 | VERIFIES ; 403: REVIEWED | 限 {STAFF}
outcomes:case | GET 200 | OPENLY | 限 {STAFF}
outcomes:visit_open | POST 422 | SENDS_BACK ; 403: OPENLY | 限 {STAFF}
outcomes:check | POST 422 | CHECKS ; 403: OPENLY | 限 {STAFF}
outcomes:mark | POST 422 | MARKS ; 403: OPENLY | 限 {STAFF}
outcomes:unmark | POST 422 | UNDOES ; 403: REVIEWED | 限 {STAFF}
outcomes:visit | GET 200 | VISITED | 限 {STAFF}
outcomes:visit_assign | POST 422 | ASSIGNS ; 403: VISITED | 限 {STAFF}
outcomes:visit_record | POST 422 | GOES_BACK ; 403: VISITED | 限 {STAFF}
hearings:case | GET 200 | OPENLY | 限 {STAFF}
hearings:prepare hearings:ask_expert | POST 422 | CHECKS ; 403: OPENLY | 限 {STAFF}
hearings:hearing | GET 200 | HEARD | 限 {STAFF}
hearings:seat hearings:leave hearings:tell hearings:record | POST 422 | SITS ; 403: HEARD | 限 {STAFF}
hearings:ask_recusal hearings:answer_expert | POST 422 | SITS ; 403: HEARD | 限 {STAFF}
hearings:decide hearings:postpone hearings:call_off | POST 422 | JUDGES ; 403: HEARD | 限 {STAFF}
hearings:decide_recusal | POST 422 | JUDGES ; 403: HEARD | 限 {STAFF}
mediation:case | GET 200 | OPENLY | 限 {STAFF}
mediation:open | POST 422 | OPENS ; 403: OPENLY | 限 {STAFF}
mediation:consent mediation:withdraw mediation:end mediation:party_add mediation:bar mediation:hand_on | POST 422 | BOOKS ; 403: MEDIATES | 限 {STAFF}
mediation:schedule | GET 200 POST 422 | BOOKS ; 403: MEDIATES | 限 {STAFF}
mediation:held | GET 200 POST 422 | HOLDS ; 403: MEDIATES | 限 {STAFF}
mediation:open_now | POST 转到 | HOLDS ; 403: MEDIATES | 限 {STAFF}
mediation:party | GET 200 POST 422 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:party_leave | POST 转到 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:party_slip | POST 200 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:cancel | POST 转到 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:move | GET 200 POST 422 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:sitting_call | GET 200 POST 422 | CALLS ; 403: OPENLY | 限 {STAFF}
mediation:hold | POST 422 | HELD ; 403: HANGS | 限 {STAFF}
mediation:wish | GET 200 POST 422 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:wish_back | POST 409 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:session | GET 200 | HANGS | 限 {STAFF}
mediation:session_agenda mediation:session_attend mediation:session_minute mediation:session_propose | POST 422 | MINUTES ; 403: HANGS | 限 {STAFF}
mediation:session_answer mediation:recording_consent mediation:recording_keep | POST 422 | MINUTES ; 403: HANGS | 限 {STAFF}
mediation:session_link | POST 422 | MINUTES ; 403: HANGS | 限 {STAFF}
mediation:recording_notice | POST 转到 | MINUTES ; 403: HANGS | 限 {STAFF}
mediation:session_apart | GET 200 | MINUTES ; 403: HANGS | 限 {STAFF}
mediation:session_leave | POST 转到 | MINUTES ; 403: HANGS | 限 {STAFF}
mediation:recording_start mediation:recording_stop | POST 409 | MINUTES ; 403: HANGS | 限 {STAFF}
mediation:recording_take_back | POST 转到 | BOOKED ; 403: HANGS | 限 {STAFF}
mediation:recording mediation:recording_file | GET 200 | LISTENS ; 403: HANGS | 限 {STAFF}
"""
OTHER_DOORS = f"""
healthz | GET 200/503 | {EVERYBODY}
core:large_type | GET 转到 | {EVERYBODY}
leaders:personal_calendar | GET 200 | {EVERYBODY}
leaders:public_day leaders:my_booking | GET 200 POST 422 | {EVERYBODY}
leaders:my_booking_cancel leaders:my_booking_take leaders:my_booking_leave | POST 转到 | {EVERYBODY}
petitions:landing leaders:public_visits leaders:public_calendar mediation:rooms mediation:room reviews:published | GET 200 | {EVERYBODY}
leaders:public_areas leaders:public_area leaders:public_inboxes | GET 200 | {EVERYBODY}
mediation:talks mediation:talk | GET 200 | {EVERYBODY}
petitions:file petitions:query leaders:inbox_public | GET 200 POST 422 | {EVERYBODY}
petitions:receipt | GET 查询 | {EVERYBODY}
petitions:mine petitions:mine_attachment | GET 200 | 信访人 | 其余 查询
papers:mine_paper | GET 404 | 信访人 | 其余 查询
mediation:mine_agree mediation:mine_decline mediation:mine_not_recorded | POST 404 | 信访人 | 其余 查询
mediation:room_file mediation:dispute_query | GET 200 POST 422 | {EVERYBODY}
mediation:dispute_receipt mediation:own mediation:side | GET 查询 | 信访人 | 其余 查询
mediation:own_agree mediation:own_decline mediation:own_petition mediation:own_leave mediation:own_not_recorded | POST 查询 | 信访人 | 其余 查询
mediation:side_agree mediation:side_decline mediation:side_not_recorded mediation:side_leave | POST 查询 | 信访人 | 其余 查询
petitions:mine_evaluate petitions:mine_supplement outcomes:mine_evaluate | POST 422 | 信访人 | 其余 查询
hearings:mine_recusal | GET 200 POST 422 | 信访人 | 其余 查询
reviews:mine_apply | GET 200 POST 422 | 信访人 | 其余 查询
reviews:mine_withdraw | POST 转到 | 信访人 | 其余 查询
petitions:mine_leave | POST 查询 | {EVERYBODY}
petitions:register | GET 200 POST 422 | {COUNTER}
petitions:register_similar | POST 200 | {COUNTER}
petitions:register_receipt | GET 转到 | {COUNTER}
petitions:category_options petitions:place_options petitions:unit_options | GET 200 | {COUNTER}
petitions:person_options | GET 200 | {COUNTER} 纪委
petitions:list | GET 200 | {READING_ROLES}
petitions:bulk_forward | GET 422 POST 422 | 专员
petitions:archive | GET 200 | 专员
petitions:archive_propose | GET 422 POST 422 | 专员
petitions:archive_decide | GET 422 POST 422 |
petitions:looks | GET 200 | 安全管理员
reports:home | GET 200 | 专员 督查 负责人 上级 | 其余 转到
reports:month reports:indicators reports:volumes reports:definitions | GET 200 | {STATISTICS}
reports:charts reports:divisions | GET 200 | {STATISTICS}
reports:year | GET 200 | 专员 督查 统计
reports:behind | GET 422 | {STATISTICS}
reports:upper_form | GET 200 POST 422 | 专员 统计
reports:export | POST 转到 | {STATISTICS}
reports:exports | GET 200 | {STATISTICS}
reports:cases_export | GET 422 POST 422 | {STATISTICS}
reports:freeze | POST 转到 | 专员 统计
reports:walls | GET 200 POST 422 | 专员
reports:wall_end | POST 转到 | 专员
reports:wall | GET 200 | {EVERYBODY}
reports:briefs reports:brief | GET 200 | 专员 督查 {LEADERS}
reports:brief_edit | GET 200 POST 422 | 专员
reports:brief_gather reports:brief_sign | POST 转到 | 专员
reports:brief_correct | POST 422 | 专员
reports:brief_pdf | GET 200 | 专员 督查 {LEADERS}
reports:publishing | GET 200 | 专员
reports:publish | POST 转到 | 专员
reports:withdraw | POST 422 | 专员
reports:public_months reports:public_month | GET 200 | {EVERYBODY}
reports:warnings | GET 200 | 专员 负责人 {LEADERS} 督查 上级
reports:job | GET 转到 | 统计 | 其余 404
reports:download | GET 200 | 统计 | 其余 404
tables:list | GET 200 | {STATISTICS}
tables:new | GET 200 POST 422 | {STATISTICS}
tables:preview | GET 转到 | {STATISTICS}
tables:table tables:behind tables:file | GET 200 | 统计 专员 ; 404: {NO_TABLE}
tables:edit | GET 200 POST 422 | 统计 ; 404: {NO_TABLE}
tables:share tables:schedule | POST 422 | 统计 ; 404: {NO_TABLE}
tables:unshare tables:unschedule tables:delete | POST 转到 | 统计 ; 404: {NO_TABLE}
reports:job_cancel | POST 转到 | 统计 | 其余 404
matters:list | GET 200 | 专员 督查 {LEADERS}
matters:matter | GET 200 | 专员 督查 {LEADERS}
matters:name matters:link matters:merge | POST 422 | 专员
matters:unlink | POST 转到 | 专员
matters:task_add matters:suggest | GET 200 POST 422 | 专员
matters:tasks | GET 200 | {OFFICES}
matters:task | GET 200 | 专员 承办 负责人 协办 督查 {LEADERS} ; 404: 纪委 外单位 本村 被反映 上级
matters:task_report | POST 422 | 承办 负责人 协办 ; 403: 专员 ; 404: 纪委 外单位 本村 被反映 上级
matters:task_end | POST 422 | 专员 ; 403: 负责人 ; 404: 上级
leaders:home leaders:changes | GET 200 | {LEADERS}
leaders:packages leaders:instructions | GET 200 | {OFFICES}
leaders:package_figures | GET 200 | {OFFICES}
leaders:proposals | GET 200 | 专员
leaders:proposal | GET 200 POST 422 | 专员
leaders:proposal_decline leaders:round_add leaders:package_rule | POST 422 | 专员
leaders:package_add | GET 200 POST 422 | 专员 {LEADERS}
papers:list | GET 200 | {DESKS}
papers:together | POST 422 | {DESKS}
papers:letter | GET 200 POST 422 | {DESKS}
papers:words | GET 200 POST 422 | 负责人 上级 系统管理员
deadlines:rules deadlines:rule deadlines:calendar | GET 200 | {OVERSEERS} 统计 系统管理员
deadlines:rule_new deadlines:rule_add deadlines:rule_end deadlines:hours deadlines:calendar_new deadlines:calendar_take_back | GET 200 POST 422 | 系统管理员
deadlines:rule_withdraw | POST 422 | 系统管理员
deadlines:engine | GET 200 | 系统管理员
deadlines:retry_message | POST 404 | 系统管理员
papers:templates papers:template | GET 200 | {DESKS} 系统管理员
papers:template_new | GET 200 POST 422 | 系统管理员
reviews:list supervision:list | GET 200 | {OFFICES}
supervision:suggestions | GET 200 | {OFFICES}
supervision:suggestions_export | GET 200 | 专员 督查 {LEADERS}
supervision:suggestion_add | GET 200 POST 422 | 专员 督查
supervision:suggestion supervision:suggestion_clock | GET 200 | 专员 承办 负责人 {LEADERS} 督查 | 其余 404
supervision:suggestion_answer | POST 422 | 承办 负责人 ; 403: 专员 {LEADERS} 督查 | 其余 404
supervision:red_list | GET 200 | 专员 督查 {LEADERS}
supervision:urgent_list | GET 200 | {OFFICES} 登记员 登记人 镇登记员
supervision:rules supervision:calls | GET 200 | {OVERSEERS}
supervision:rule | GET 200 POST 422 | 督查
conference:meetings conference:disputes conference:orders | GET 200 | {OFFICES}
hearings:list | GET 200 | {OFFICES}
conference:call | GET 200 POST 422 | 专员
conference:meeting | GET 200 | {CONFERRING} | 其余 404
conference:item_add conference:cancel conference:move | POST 422 | 专员 ; 403: 承办 负责人 协办 督查 {LEADERS} | 其余 404
conference:minutes | GET 409 POST 422 | 专员 ; 403: 承办 负责人 协办 督查 {LEADERS} | 其余 404
conference:issue conference:correct | POST 422 | {LEADERS} ; 403: 专员 承办 负责人 协办 督查 | 其余 404
conference:order_add | GET 200 POST 422 | {OVERSEERS} ; 403: 承办 负责人 协办 {LEADERS} | 其余 404
conference:orders_export | GET 200 | {OVERSEERS} {LEADERS}
conference:order conference:clock | GET 200 | {OVERSEERS} 承办 负责人 {LEADERS} | 其余 404
conference:order_talk conference:order_review | POST 422 | {OVERSEERS} ; 403: 承办 负责人 {LEADERS} | 其余 404
conference:order_report | POST 422 | 承办 负责人 ; 403: {OVERSEERS} {LEADERS} | 其余 404
outcomes:executions | GET 200 | {OFFICES}
outcomes:visits | GET 200 | {OFFICES} 登记员 登记人 镇登记员
leaders:days | GET 200 | {STAFF}
leaders:day | GET 200 | 登记员 登记人 专员 分管领导 督查 统计 {ADMINISTRATORS} | 其余 404
leaders:day_add leaders:day_change | GET 200 POST 422 | 专员
leaders:day_cancel | POST 422 | 专员
leaders:day_replace | GET 200 POST 422 | 专员
leaders:day_bookings | GET 200 | {COUNTER} 分管领导
leaders:day_book | POST 422 | {COUNTER}
leaders:booking_cancel leaders:booking_told | POST 转到 | {COUNTER}
leaders:calls | GET 200 | {COUNTER}
leaders:day_cases | GET 200 POST 422 | 专员
leaders:day_case_drop | POST 转到 | 专员
leaders:day_pre_read | GET 200 | 专员 分管领导
leaders:own_calendar | GET 200 POST 200 | {LEADERS}
leaders:sites leaders:day_rules | GET 200 | 专员
leaders:day_month | GET 200 POST 422 | 专员
leaders:site_add leaders:site_change leaders:rule_add | GET 200 POST 422 | 专员
leaders:rule_end | POST 422 | 专员
leaders:receive | GET 200 POST 422 | {RECEIVERS}
leaders:receive_on_day | GET 200 POST 422 | 登记员 登记人 专员 分管领导 ; 404: 镇登记员 包案领导
leaders:day_desk | GET 200 | 登记员 登记人 专员 分管领导
leaders:day_call | POST 转到 | 登记员 登记人 专员 分管领导
leaders:booking_turn | POST 转到 | 登记员 登记人 专员 分管领导 ; 404: 包案领导
leaders:receive_booking | GET 200 POST 422 | 登记员 登记人 专员 分管领导 ; 404: 包案领导
leaders:day_case_turn | POST 转到 | 专员 分管领导 ; 404: 登记员 登记人 镇登记员 包案领导
leaders:receive_picked | GET 200 POST 422 | 专员 分管领导 ; 404: 登记员 登记人 镇登记员 包案领导
leaders:day_read leaders:day_stage | POST 转到 | 专员 分管领导
leaders:record | GET 200 | {READS["本局"]} | 其余 404
leaders:promise_done | POST 422 | 专员 分管领导
leaders:home_visit | GET 200 POST 422 | {RECEIVERS}
leaders:areas leaders:inboxes | GET 200 | {STAFF}
leaders:area_add leaders:inbox_add leaders:inbox_change leaders:reading_units | GET 200 POST 422 | 专员
leaders:area_end | POST 转到 | 专员
leaders:inbox leaders:inbox_sheet | GET 200 | 登记员 专员 分管领导 督查 | 其余 404
leaders:delegate_add | POST 422 | 专员 分管领导 ; 404: 包案领导
leaders:delegate_end | POST 转到 | 专员 分管领导 ; 404: 包案领导
leaders:letter | GET 200 | {READS["本局"]} | 其余 404
leaders:draft | POST 422 | 登记员 专员 承办 负责人 分管领导 ; 403: 登记人 协办 包案领导 督查 统计 | 其余 404
leaders:decide | POST 422 | 分管领导
leaders:take | POST 转到 | 分管领导
leaders:readings | GET 200 | 专员 负责人 {LEADERS} 督查 上级
leaders:reading leaders:reading_clock | GET 200 | 专员 负责人 分管领导 督查 | 其余 404
leaders:read | POST 转到 | 负责人 分管领导 ; 404: 包案领导 上级
leaders:extension | GET 200 | {READS["本局"]} | 其余 404
leaders:extension_decide | POST 422 | 负责人 ; 404: 上级
leaders:decisions | GET 200 | 专员 负责人 {LEADERS} 上级
mediation:mine | GET 200 | 专员 承办 负责人 协办 调解员 纪委 外单位 本村 被反映 上级
mediation:disputes | GET 200 | 专员 承办 负责人 协办 调解员 纪委 外单位 本村 被反映 上级
mediation:dispute_add | GET 200 POST 422 | 专员 承办 负责人 协办 调解员 纪委 外单位 本村 被反映 上级
mediation:dispute_take_up mediation:dispute_answer mediation:dispute_register | POST 422 | {AT_THE_ROOM} ; 403: 督查 | 其余 404
mediation:dispute_relate mediation:dispute_keep_out | POST 422 | {AT_THE_ROOM} ; 403: 督查 | 其余 404
mediation:dispute_contact | GET 200 | {AT_THE_ROOM} ; 403: 督查 | 其余 404
mediation:room_list mediation:mediator_list mediation:timetable mediation:board | GET 200 | 专员 调解员
mediation:today | GET 200 | 调解员
mediation:write_ups | GET 200 | 专员 调解员
mediation:write_up_add | GET 200 POST 422 | 调解员
mediation:write_up | GET 200 | 专员 调解员
mediation:write_up_change mediation:write_up_clean mediation:write_up_publish | POST 422 | 专员 调解员
mediation:write_up_withdraw | POST 转到 | 专员 调解员
mediation:room_desk | GET 200 | 专员 调解员
mediation:figures | GET 200 | 专员 负责人 调解员 督查 统计 上级
mediation:own_calendar | GET 200 POST 200 | 调解员
mediation:feed | GET 200 | {EVERYBODY}
mediation:room_add mediation:room_change mediation:ladders | GET 200 POST 422 | 专员
mediation:mediator_change mediation:pool_add mediation:pool_change | GET 200 POST 422 | 专员
mediation:room_duty | GET 200 | 专员 调解员
mediation:duty_keep | POST 422 | 专员
mediation:hand_over | POST 422 | 调解员
mediation:take_over | POST 409 | 调解员
mediation:sittings | GET 200 | 专员 承办 负责人 协办 调解员 纪委 外单位 本村 被反映 上级
mediation:standing | GET 200 POST 转到 | 专员 负责人 调解员 上级
mediation:sitting | GET 200 | {SITTING} | 其余 404
mediation:sitting_again mediation:undertaking_review | GET 200 POST 422 | 专员 ; 403: {NOT_CONVENING} 外单位 | 其余 404
mediation:sitting_cancel mediation:sitting_hold mediation:sitting_undertake | POST 422 | 专员 ; 403: {NOT_CONVENING} 外单位 | 其余 404
mediation:sitting_answer | POST 422 | 外单位 ; 403: 专员 {NOT_CONVENING} | 其余 404
mediation:undertaking_report | GET 200 POST 422 | 外单位 ; 403: 专员 {NOT_CONVENING} | 其余 404
mediation:agreements | GET 200 | 专员 承办 负责人 协办 调解员 纪委 外单位 本村 被反映 上级
mediation:agreement mediation:agreement_paper mediation:agreement_file mediation:confirmation_paper | GET 200 | 专员 {AGREED_READ} | 其余 404
mediation:agreement_add mediation:agreement_change mediation:duty | GET 200 POST 422 | 专员 ; 403: {AGREED_READ} | 其余 404
mediation:agreement_contacts | GET 200 | 专员 ; 403: {AGREED_READ} | 其余 404
mediation:agreement_sign mediation:agreement_discard mediation:agreement_record mediation:agreement_visit | POST 422 | 专员 ; 403: {AGREED_READ} | 其余 404
mediation:confirmation_apply mediation:confirmation_result | POST 422 | 专员 ; 403: {AGREED_READ} | 其余 404
mediation:agreement_again | POST 422 | 专员 承办 负责人 协办 ; 403: 督查 | 其余 404
mediation:talk_list | GET 200 | {DESK_OF_TALKS}
mediation:talk_add | GET 200 POST 422 | {COUNTER} 负责人 调解员 上级
mediation:talk_desk | GET 200 | 登记员 登记人 专员 督查 | 其余 404
mediation:talk_announce mediation:talk_take_down | POST 转到 | 登记员 登记人 专员 ; 403: 督查 | 其余 404
mediation:talk_move mediation:talk_call_off mediation:talk_seat mediation:talk_hold | POST 422 | 登记员 登记人 专员 ; 403: 督查 | 其余 404
mediation:talk_raise mediation:talk_draft mediation:talk_publish | POST 422 | 登记员 登记人 专员 ; 403: 督查 | 其余 404
mediation:talk_matter | GET 200 POST 422 | 登记员 登记人 专员 ; 403: 督查 | 其余 404
accounts:login | GET 200 POST 422 | 访客 信访人 | 其余 转到
accounts:logout | POST 转到 | {EVERYBODY}
accounts:password_change | GET 200 POST 422 | {STAFF} 无岗
accounts:profile notifications:inbox | GET 200 POST 200 | {STAFF} 无岗
accounts:second_factor_ask | GET 登录 POST 登录 | {EVERYBODY}
accounts:second_factor | GET 200 POST 422 | {STAFF} 无岗
accounts:second_factor_codes accounts:second_factor_remove | GET 转到 POST 转到 | {STAFF} 无岗
accounts:person_second_factor | GET 200 POST 422/转到 | 安全管理员
accounts:switch_post | POST 404 | {STAFF} 无岗
accounts:end_login | POST 转到 | 承办 | 其余 404
accounts:duty | GET 200 | 承办 负责人 {DUTY_ELSEWHERE}
accounts:duty_week | GET 200 POST 转到 | 负责人 上级
accounts:duty_hand_over | POST 422 | 承办 ; 404: 负责人 {DUTY_ELSEWHERE}
accounts:duty_take_over | POST 404 | {DUTY_ELSEWHERE}
accounts:leave | GET 200 POST 422 | {STAFF}
accounts:leave_end | POST 转到 | 承办 负责人 系统管理员 | 其余 404
accounts:person_leave | GET 200 POST 422 | 系统管理员 安全管理员
accounts:end_other_logins | POST 转到 | {STAFF} 无岗
accounts:audit_log | GET 200 POST 200 | 审计员
accounts:units accounts:unit_search accounts:people accounts:person | GET 200 | 系统管理员 安全管理员
accounts:unit_add accounts:unit_edit accounts:person_add | GET 200 POST 422 | 系统管理员
accounts:unit_kind | GET 200 POST 422 | 安全管理员
accounts:unit_succession | GET 200 POST 422 | 系统管理员
accounts:person_edit accounts:post_grant accounts:post_end | GET 200 POST 422 | 系统管理员 安全管理员
accounts:person_password | GET 200 POST 200 | 系统管理员
accounts:person_active | GET 200 POST 转到 | 系统管理员
accounts:post_charge | GET 200 POST 转到 | 安全管理员
notifications:open | GET 转到 POST 转到 | 承办 | 其余 404
notifications:read_all notifications:mail | POST 转到 | {STAFF} 无岗
"""


@dataclass(frozen=True)
class Row:
    """One line: its doors, the answer of each method, who gets which answer, what the others get."""

    doors: tuple[str, ...]
    methods: dict[str, str]
    who: tuple[tuple[str, str], ...]
    rest: str
    let_in: frozenset[str] | None

    @property
    def of_a_case(self) -> bool:
        return self.let_in is not None

    def cases(self) -> list[str]:
        return list(TABLES[self.who[0][1]]) if self.of_a_case else [""]

    def named(self, answer: str, case: str) -> set[str]:
        """Who is named for ``answer`` ("" for the first), by case."""
        text = next((who for said, who in self.who if said == answer), "")
        return set((TABLES[text][case] if self.of_a_case and text else text).split())

    def expected(self, method: str, person: str, case: str = "") -> set[str]:
        """The answers that are right; a method that the line does not name is refused to everybody."""
        if method not in self.methods:
            return {"405", *(["登录"] if person in VISITORS else ["403"])}
        for answer, _who in self.who:
            if person in self.named(answer, case) and (self.let_in is None or person in self.let_in):
                return set((answer or self.methods[method]).split("/"))
        if person in VISITORS:
            return {self.rest if self.rest == "查询" else "登录"}
        if person == "无岗" and self.rest not in {"查询"} and not self._open_without_post():
            return {"403"}
        if self.let_in is not None:
            return {"404"} if person in self.let_in else {"403"}
        return {self.rest}

    def _open_without_post(self) -> bool:
        return self.doors[0] in {"accounts:login", "accounts:end_login", "notifications:open"}


def _rows(text: str, *, of_cases: bool) -> Iterator[Row]:
    for line in text.strip().splitlines():
        doors, methods, who, *more = (part.strip() for part in line.split("|"))
        words = methods.split()
        first, *others = (part.strip() for part in who.split(";"))
        named = [
            ("", first),
            *((said.strip(), people.strip()) for said, _c, people in (o.partition(":") for o in others)),
        ]
        last = more[0] if more else ""
        yield Row(
            doors=tuple(doors.split()),
            methods=dict(zip(words[::2], words[1::2], strict=True)),
            who=tuple(named),
            rest=last.removeprefix("其余 ") if last.startswith("其余") else "403",
            let_in=frozenset(last.removeprefix("限 ").split()) if of_cases else None,
        )


ROWS: tuple[Row, ...] = (*_rows(CASE_DOORS, of_cases=True), *_rows(OTHER_DOORS, of_cases=False))
ROW_OF: dict[str, Row] = {door: row for row in ROWS for door in row.doors}
