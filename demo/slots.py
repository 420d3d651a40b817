"""What fills the slots of the texts: streets, estates, sums and months that do not exist; and who petitions."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from core.timekeeping import local_day

ROADS = "听江路 榆钱街 枕石大道 望渔巷 晨曦路 梧影路 拾光街 磨坊弄 白鹭路 竹影路 书声街 渡口路 小满街 星桥路".split()
ESTATES = (
    "榆钱小区 听江苑 梧影花苑 拾光里 白鹭新居 磨坊新村 望渔家园 枕石雅居 青禾公寓 竹西里 星桥新寓 晚渡花园".split()
)
SHOPS = "老灶台饭馆 月牙烧烤 圆满超市 小满理发 阿福卤味 半亩茶馆 麦香面包坊 四季果铺 大碗面馆 云朵洗衣".split()
COMPANIES = (
    "鸿雁建筑劳务队 青藤服饰厂 木槿食品厂 远帆物流站 石榴包装厂 白杨家具厂 清泉塑料厂 映山红建材厂".split()
)
SCHOOLS = "清江县第三小学 榆钱街小学 望渔镇中心小学 清江县实验中学 青禾镇中学 竹影小学".split()
PARKS = "听江公园 拾光广场 榆钱街心花园 竹影湿地公园".split()
RIVERS = "东溪 青禾河 梨花渠 百泉河".split()
GYMS = "云朵健身 动力谷健身房 小鱼儿游泳馆 半糖舞蹈室".split()
GOODS = "手机 电动自行车 洗衣机 老年按摩椅 平板电脑".split()
MONTHS = "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月".split()
NUMERALS = "两 三 四 五 六 七 八 九".split()

SURNAMES = (
    "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 邓 冯 韩 曹 曾 彭 萧 蔡 潘 田 董 袁 于 余 叶 "
    "蒋 杜 苏 魏 程 吕 丁 沈 任 姚 卢 傅 钟 姜 崔 谭 廖 范 汪 陆 金 石 戴 贾 韦 夏 邱 方 侯 邹 熊 孟 秦 白 江 阎 薛 尹 段 雷 "
    "黎 史 龙 陶 贺 顾 毛 郝 龚 邵 万 钱 覃 武 戚 莫 欧阳 司马 上官 诸葛 尉迟 仉 䶮 逯 亓 乜"
).split()
GIVEN = (
    "春生 桂兰 德福 秀英 建军 玉梅 国庆 小莲 长根 巧云 文斌 丽娟 阿牛 金凤 海波 雪梅 志强 美玲 大山 月娥 晓东 红霞 老实 彩霞 "
    "铁柱 招娣 立新 翠花 思远 雨桐 子涵 梓萱 浩然 一诺 家豪 佳怡 俊杰 欣妍 天佑 若兰 明轩 静怡 𬭎 㛃 䶮 堃 喆 翀 昇 犇 垚 淼 鑫 "
    "冬梅 腊月 二宝 来福 满囤 望秋 听雨 知夏 守田 耕心 阿婆生 水根 火旺 木兰 土生"
).split()
OTHER_NAMES = (
    "阿依古丽·麦麦提明 迪丽达尔·吐尔逊娜依 扎西·云丹措 卓玛·白央金 巴图·苏和青 古丽米热·海日古丽 帕提曼·热合曼江".split()
)
AREAS = "339999 339998 339997".split()
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def fill(rng: Random, at: datetime, *, village: str, heads: int) -> dict[str, str]:
    """One value per slot for one case. Sums and counts stay in believable bounds."""
    months_back = rng.randint(1, 5)
    return {
        "road": rng.choice(ROADS),
        "estate": rng.choice(ESTATES),
        "village": village,
        "shop": rng.choice(SHOPS),
        "company": rng.choice(COMPANIES),
        "school": rng.choice(SCHOOLS),
        "park": rng.choice(PARKS),
        "river": rng.choice(RIVERS),
        "gym": rng.choice(GYMS),
        "goods": rng.choice(GOODS),
        "month": MONTHS[(local_day(at).month - 1 - months_back) % 12],
        "year": str(local_day(at).year - rng.randint(1, 6)),
        "years": rng.choice(NUMERALS),
        "n": rng.choice(NUMERALS),
        "small": rng.choice("两 三 四".split()),
        "grade": rng.choice("三 四 五 六".split()),
        "hour": rng.choice("一 两 三".split()),
        "floor": str(rng.choice((3, 4, 5, 6, 7, 9, 11, 16, 17))),
        "money_small": str(rng.choice((120, 180, 260, 350, 480, 600, 850, 1200, 1680, 2400))),
        "money_big": f"{rng.choice((1.2, 1.8, 2.5, 3.6, 4.8, 6, 7.5, 9.2, 12, 15, 18.6, 24))}万",
        "heads_big": str(heads if heads > 1 else rng.choice((12, 17, 23, 28, 36, 45))),
    }


def name(rng: Random) -> str:
    if rng.random() < 0.015:
        return rng.choice(OTHER_NAMES)
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def phone(rng: Random) -> str:
    """Numbers of a range that nobody was given."""
    return f"{rng.choice(('138', '139', '136', '150'))}0000{rng.randint(0, 9999):04d}"


def id_number(rng: Random, year: int, *, wrong: bool = False) -> str:
    """A number that is right by GB 11643 (or wrong in its check digit), of an area that does not exist."""
    born = date(year - rng.randint(22, 80), rng.randint(1, 12), rng.randint(1, 28))
    body = f"{rng.choice(AREAS)}{born:%Y%m%d}{rng.randint(1, 999):03d}"
    place = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + CHECKS[(place + wrong) % 11]


def address(rng: Random, town: str, village: str) -> str:
    if village.endswith("社区"):
        return f"{town}{village}{rng.choice(ESTATES)}{rng.randint(1, 28)}幢{rng.randint(1, 17)}0{rng.randint(1, 4)}室"
    return f"{town}{village}{rng.randint(1, 12)}组{rng.randint(1, 99)}号"
