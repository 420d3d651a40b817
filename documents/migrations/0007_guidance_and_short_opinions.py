"""涉法涉诉告知书; an opinion that ends on one page where it is short; a 简易办理 answer that names what can be done against it.

Where a text was replaced by one of the district's own, that one stays.
"""

from datetime import date, timedelta

from django.db import migrations, models

#: As in 0002: the 条例 that the texts cite is in force from this day on.
IN_FORCE = date(2022, 5, 1)
WORDS = ("title", "body")


def enter(apps, schema_editor):
    from core.timekeeping import local_day, now
    from documents.shipped import SHEETS
    from documents.shipped.later import GUIDANCE, LATER_2

    template = apps.get_model("documents", "PaperTemplate")
    if not template.objects.filter(kind=GUIDANCE.kind).exists():
        template.objects.create(**GUIDANCE.row, version=1, valid_from=IN_FORCE)
    shipped = {sheet.kind.value: sheet.row for sheet in SHEETS}
    for sheet in LATER_2:
        last = template.objects.filter(kind=sheet.kind).order_by("-version").first()
        if last.version != 1 or any(getattr(last, name) != shipped[last.kind][name] for name in WORDS):
            continue
        last.valid_until = max(local_day(now()), last.valid_from + timedelta(days=1))
        last.save(update_fields=["valid_until"])
        template.objects.create(**sheet.row, version=2, valid_from=last.valid_until)


def take_back(apps, schema_editor):
    """What is in use cannot go: the database refuses."""
    from documents.shipped.later import GUIDANCE, LATER_2

    template = apps.get_model("documents", "PaperTemplate")
    template.objects.filter(kind=GUIDANCE.kind).delete()
    for sheet in LATER_2:
        if template.objects.filter(kind=sheet.kind, version=2, body=sheet.row["body"]).delete()[0]:
            template.objects.filter(kind=sheet.kind, version=1).update(valid_until=None)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_co_letters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="papertemplate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("registration", "信访登记单"),
                    ("receipt", "信访事项登记回执"),
                    ("acceptance", "受理告知书"),
                    ("refusal", "不予受理告知书"),
                    ("no_further", "不再受理告知书"),
                    ("routing", "分类处理告知书"),
                    ("guidance", "涉法涉诉告知书"),
                    ("supplement", "补正告知书"),
                    ("extension", "延长办理期限告知书"),
                    ("forwarding", "转送函"),
                    ("assignment", "交办函"),
                    ("co_letter", "协办函"),
                    ("objection", "异议函"),
                    ("objection_answer", "异议核实意见"),
                    ("opinion", "处理意见书"),
                    ("simple_reply", "简易办理答复"),
                    ("review", "复查意见书"),
                    ("final_review", "复核意见书"),
                    ("hearing_record", "听证笔录"),
                    ("service_record", "送达回证"),
                    ("supervision", "督办函"),
                    ("closing_report", "办结报告"),
                    ("suggest_work", "改进工作建议书"),
                    ("suggest_policy", "完善政策建议书"),
                    ("suggest_liability", "追究责任建议书"),
                    ("summons", "约谈通知书"),
                    ("listed", "挂牌督办通知书"),
                    ("rectify", "限期整改通知书"),
                    ("circular", "通报"),
                    ("urgent_report", "重大紧急信访信息报告"),
                    ("instruction", "领导批示单"),
                ],
                max_length=20,
                verbose_name="文书种类",
            ),
        ),
        migrations.RunPython(enter, take_back),
    ]
