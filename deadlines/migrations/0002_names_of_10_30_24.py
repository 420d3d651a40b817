"""One name for each clock of 10-30-24 on every screen. A rule that a district has named itself keeps its name."""

from django.db import migrations

NAMES = {
    "respond_10": ("10分钟反馈信息", "10 分钟首次回应"),
    "call_30": ("30分钟电话约见", "30 分钟电话约见"),
    "first_round_24": ("24小时明确责任人并首轮办结", "24 小时首轮办结"),
}


def rename(apps, schema_editor):
    rules = apps.get_model("deadlines", "Rule").objects
    for code, (before, after) in NAMES.items():
        rules.filter(code=code, name=before).update(name=after)


def name_back(apps, schema_editor):
    rules = apps.get_model("deadlines", "Rule").objects
    for code, (before, after) in NAMES.items():
        rules.filter(code=code, name=after).update(name=before)


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial")]
    operations = [migrations.RunPython(rename, name_back)]
