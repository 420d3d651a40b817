"""Who works in the county: some seventy people, some with two posts, one account of each kind for the trial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit, User
from accounts.services.posts import grant_post
from core.timekeeping import local_day
from demo.county import DEPARTMENTS, TOWNS

R = Role
SINCE = date(2021, 6, 1)
MAIL = "qingjiang.example"

#: username, name, [(role, unit, title)], note for the login page.
OFFICE: tuple[tuple[str, str, tuple[tuple[Role, str, str], ...], str], ...] = (
    ("clerk", "林知秋", ((R.CLERK, "petition_office", "接访窗口"),), "窗口登记员：来访来电登记"),
    ("clerk2", "覃小满", ((R.CLERK, "petition_office", "来信来电组"),), ""),
    (
        "officer",
        "周静言",
        ((R.PETITION_OFFICER, "petition_office", "办信科长"),),
        "信访专员：转送交办、核实异议",
    ),
    (
        "officer2",
        "贺一帆",
        ((R.PETITION_OFFICER, "petition_office", "接访科长"),),
        "另一名信访专员：须两人办的事",
    ),
    ("officer3", "单晓彤", ((R.PETITION_OFFICER, "petition_office", "网信科"),), ""),
    (
        "office_head",
        "乔松年",
        ((R.UNIT_HEAD, "petition_office", "局长"),),
        "信访局负责人：决定去标识",
    ),
    (
        "inspector",
        "罗正清",
        ((R.INSPECTOR, "petition_office", "督查专员"),),
        "督查专员：全县可看，可以督办",
    ),
    (
        "statistician",
        "许晴川",
        ((R.STATISTICIAN, "petition_office", "统计"),),
        "统计员：月报和导出",
    ),
    ("sysadmin", "丁一木", ((R.SYSTEM_ADMIN, "petition_office", ""),), "系统管理员：机构、人员、规则"),
    ("secadmin", "沈安之", ((R.SECURITY_ADMIN, "petition_office", ""),), "安全管理员：岗位与权限"),
    ("auditor", "韩明鉴", ((R.AUDITOR, "petition_office", ""),), "审计员：只看审计日志"),
    ("discipline", "冯若虚", ((R.HANDLER, "discipline", "信访室"),), "纪委监委承办人：密存的检举控告件"),
    ("discipline_head", "严守拙", ((R.UNIT_HEAD, "discipline", "副书记"),), ""),
    ("mediator", "方和平", ((R.MEDIATOR, "mediation", "首席调解员"),), "调解员：调解室和场次"),
    (
        "mediation_head",
        "苗雨农",
        ((R.UNIT_HEAD, "mediation", "主任"),),
        "调解中心负责人：收到的纠纷、调解情况",
    ),
    ("mediator2", "柏秀兰", ((R.MEDIATOR, "mediation", "调解员"),), ""),
    ("court", "祝明达", ((R.HANDLER, "court", "立案庭"),), ""),
)
#: username, name, title, units in charge, note.
LEADERS = (
    (
        "leader",
        "高望舒",
        "副县长",
        "urban housing nature traffic dongxi xiling",
        "县领导：包案、批示、接访、复查意见",
    ),
    ("leader2", "郑岚", "县长", "hr market water qinghe tingjiang", ""),
    ("leader3", "谷向阳", "副县长", "edu health civil medins veteran wangyu baiquan", ""),
    ("leader4", "温若谷", "县委副书记", "agri eco zhenshi lihuadu yunxiu", ""),
    ("leader5", "梁在山", "副县长、公安局长", "police emergency zhushan", ""),
)
#: unit: head, handlers.
STAFF = {
    "urban": "赵建桥 陈立夏 葛明远",
    "housing": "孙玉衡 吴敏行",
    "hr": "蒋知非 曹雨辰 陶晚晴",
    "nature": "钟毓秀 白若溪",
    "eco": "江照水 姚青黛",
    "traffic": "石行健 万里云",
    "water": "汤映川 顾小渠",
    "agri": "田归云 麦穗",
    "edu": "苏育青 常乐之",
    "health": "程杏林 甘露生",
    "civil": "安暖阳 舒雁",
    "market": "秦守信 项衡",
    "police": "雷霆钧 骆驰",
    "medins": "褚惠民 易宁",
    "veteran": "岳长缨 韦戎",
    "emergency": "关山晴 欧阳燧",
    "xiling": "时雨春 钱多来",
    "tingjiang": "鲁江声 宋晚舟",
    "zhushan": "阮修竹 姬云帆",
    "dongxi": "何苗苗 潘东流",
    "wangyu": "俞晚唱 虞信舟",
    "zhenshi": "磐若石 戚岩",
    "lihuadu": "黎春渡 阎素梨",
    "qinghe": "谷满仓 禾青",
    "baiquan": "泉清心 乐小山",
    "yunxiu": "云归鹤 䶮之",
}
NOTES = {
    "urban_head": "单位负责人：本单位全部件，可批准延期",
    "dongxi_head": "乡镇负责人：东溪镇调解室的纠纷、调解情况",
    "urban": "承办人：城市管理局的件",
    "dongxi": "两个岗位：东溪镇承办人兼窗口登记员（可换帽）",
}
#: Who covers for whom during two weeks around now: (unit of the absent handler, unit head standing in).
SUBSTITUTE = "eco"


@dataclass(frozen=True)
class Staff:
    """Posts by key, ready to act: ``actor("urban")`` is the handler, ``actor("urban_head")`` the head."""

    posts: dict[str, Post]
    actors: dict[str, Actor]

    def actor(self, key: str) -> Actor:
        return self.actors[key]

    def handlers(self, unit: str) -> list[Actor]:
        """The handlers of a unit, in order."""
        keys = [unit, f"{unit}2"]
        return [self.actors[key] for key in keys if key in self.actors]


@dataclass(frozen=True)
class _Row:
    username: str
    name: str
    posts: tuple[tuple[Role, str, str], ...]
    note: str = ""
    charge: tuple[str, ...] = ()


def build(units: dict[str, Unit], until: datetime) -> Staff:
    """Make all users and give them their posts through the accounts' own door."""
    rows = _rows()
    password = make_password(getattr(settings, "TRIAL_PASSWORD", None))
    users = {
        row.username: User(
            username=row.username,
            name=row.name,
            email=f"{row.username}@{MAIL}",
            phone=f"0000-600{number:04d}",
            password=password,
            demo_note=row.note,
        )
        for number, row in enumerate(rows, start=1)
    }
    User.objects.bulk_create(users.values())
    posts: dict[str, Post] = {}
    for row in rows:
        for place, (role, unit, title) in enumerate(row.posts):
            post = grant_post(
                user=users[row.username],
                unit=units[unit],
                role=role,
                title=title,
                by=Actor.system("演示数据"),
                valid_from=SINCE,
                charge_units=[units[key] for key in row.charge],
            )
            posts[row.username if not place else f"{row.username}_{role}"] = post
    _substitute(posts, until)
    return Staff(posts, {key: Actor.of(post) for key, post in posts.items()})


def _rows() -> list[_Row]:
    rows = [_Row(*row) for row in OFFICE]
    for username, name, title, charge, note in LEADERS:
        rows.append(_Row(username, name, ((R.LEADER, "county", title),), note, tuple(charge.split())))
    labels = dict(DEPARTMENTS)
    for unit, names in STAFF.items():
        head, *handlers = names.split()
        title = "局长" if unit in labels else "主任" if unit in {"xiling", "tingjiang", "zhushan"} else "镇长"
        key = f"{unit}_head"
        rows.append(_Row(key, head, ((R.UNIT_HEAD, unit, title),), NOTES.get(key, "")))
        for number, name in enumerate(handlers, start=1):
            key = unit if number == 1 else f"{unit}{number}"
            held: tuple[tuple[Role, str, str], ...] = ((R.HANDLER, unit, ""),)
            if number == 1 and unit in {town[0] for town in TOWNS}:
                held = (*held, (R.CLERK, unit, "便民窗口"))
            rows.append(_Row(key, name, held, NOTES.get(key, "")))
    order = {row.username: place for place, row in enumerate(rows)}
    # Demo accounts first: the login page lists users by id.
    return sorted(rows, key=lambda row: (not row.note, order[row.username]))


def _substitute(posts: dict[str, Post], until: datetime) -> None:
    """A head does the absent handler's work for two weeks; a second hat that runs out by itself."""
    today = local_day(until)
    posts["substitute"] = grant_post(
        user=posts[f"{SUBSTITUTE}_head"].user,
        unit=posts[SUBSTITUTE].unit,
        role=R.HANDLER,
        title="代理承办人",
        by=Actor.system("演示数据"),
        valid_from=today - timedelta(days=4),
        valid_until=today + timedelta(days=10),
    )
