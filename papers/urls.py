"""Addresses of the room of papers."""

from django.urls import path

from papers.views import beside, cases, desk, files, keeping, mine

app_name = "papers"
urlpatterns = [
    path("papers/", desk.paper_list, name="list"),
    path("papers/together/", desk.together, name="together"),
    path("papers/letter/", beside.letter, name="letter"),
    path("papers/words/", keeping.words, name="words"),
    path("papers/templates/", keeping.templates, name="templates"),
    path("papers/templates/<slug:kind>/", keeping.template, name="template"),
    path("papers/templates/<slug:kind>/new/", keeping.template_new, name="template_new"),
    path("cases/<number:number>/papers/<slug:kind>/", cases.draft, name="draft"),
    path("papers/<uuid:key>/", cases.paper, name="paper"),
    path("papers/<uuid:key>/save/", cases.save, name="save"),
    path("papers/<uuid:key>/preview/", cases.preview, name="preview"),
    path("papers/<uuid:key>/send-back/", cases.send_back, name="send_back"),
    path("papers/<uuid:key>/discard/", beside.discard, name="discard"),
    path("papers/<uuid:key>/leader/", beside.put_to_leader, name="put_to_leader"),
    path("papers/<uuid:key>/serve/", cases.serve, name="serve"),
    path("papers/<uuid:key>/record/", cases.record, name="record"),
    path("papers/<uuid:key>/step/<slug:step>/", cases.step, name="step"),
    path("mine/papers/<uuid:key>/", mine.mine_paper, name="mine_paper"),
    path("papers/<uuid:key>/pdf/", files.pdf, name="pdf"),
    path("papers/<uuid:key>/docx/", files.docx, name="docx"),
]
