"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "home": "首页",
    "month": "月报",
    "year": "年度报告",
    "export": "导出月报",
    "freeze": "冻结月报",
    "briefs": "民情日报列表",
    "brief": "民情日报",
    "brief_edit": "编辑民情日报",
    "brief_gather": "重新汇总民情日报",
    "brief_sign": "签发民情日报",
    "behind": "月报数字的清单",
    "job": "导出进度",
    "download": "下载月报",
}
