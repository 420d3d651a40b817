"""What the audit log calls the pages of this room, by the names of their addresses."""

DOORS = {
    "home": "首页",
    "month": "月报",
    "year": "年度报告",
    "export": "导出月报",
    "freeze": "冻结月报",
    "behind": "月报数字的清单",
    "job": "导出进度",
    "download": "下载月报",
}
