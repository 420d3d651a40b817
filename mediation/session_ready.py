"""What minutes, recordings and what follows from them tell the others when the project starts."""

from __future__ import annotations


def ready() -> None:
    from accounts import audit_words
    from core import nav
    from mediation import session_selectors
    from mediation.services import session_keeping
    from mediation.session_enums import AsWhat, Gone
    from mediation.write_up_querysets import READERS
    from petitions import extensions

    nav.register("调解案例", "mediation:write_ups", READERS, "people", order=69, seldom=True)
    extensions.on_own_page("mediation.links", session_selectors.own_link)
    extensions.on_own_page("mediation.recordings", session_selectors.own_recording)
    extensions.take_part_in_archives("mediation.sessions", extensions.ArchivePart(session_keeping.forget))
    audit_words.name_details(
        {"apart": "单独谈话", "recording": "录音录像", "gone": "删除原因", "as_what": "身份"},
        as_what=dict(AsWhat.choices),
        gone=dict(Gone.choices),
    )
    audit_words.name_acts(
        {
            "write_up.write": "写调解案例",
            "write_up.change": "修改调解案例",
            "write_up.clean": "去掉案例里的姓名",
            "write_up.publish": "核对并发布调解案例",
            "write_up.withdraw": "撤下调解案例",
            "mediation.joint_wish": "登记当面调的意愿",
            "mediation.joint_wish_back": "收回当面调的意愿",
            "mediation.link": "填写会议链接",
            "mediation.link_gone": "撤掉会议链接",
            "mediation.agenda": "填写调解议程",
            "mediation.attend": "登记调解到场人",
            "mediation.attendee_left": "登记到场人离开",
            "mediation.minute": "记调解笔录",
            "mediation.read_apart": "查看单独谈话",
            "mediation.propose": "登记调解方案",
            "mediation.proposal_answer": "登记对方案的意见",
            "mediation.recording_notice": "告知录音录像",
            "mediation.recording_consent": "记录同意录音录像",
            "mediation.recording_take_back": "登记撤回录音录像的同意",
            "mediation.recording_start": "开始录音录像",
            "mediation.recording_stop": "停止录音录像",
            "mediation.recording_keep": "保存录音录像",
            "mediation.recording_look": "查看录音录像",
            "mediation.recording_changed": "录音录像校验不符",
            "mediation.recording_gone": "删除录音录像",
        }
    )
