"""Pages for what went wrong. They touch no table and no session, so they work when those do not."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.template.loader import render_to_string

from core.errors import Refusal
from core.htmx import is_htmx

# Never sent back to the page: secrets, and the token, which is made anew.
NOT_KEPT = ("csrfmiddlewaretoken", "password", "secret", "otp")
RETRY_SECONDS = 10


@dataclass(frozen=True)
class Trouble:
    """What an error page says: what happened, what it means, what to do."""

    status: int
    title: str
    sentence: str
    advice: str


TROUBLES = {
    400: Trouble(
        400, "没有看懂这次请求", "地址或内容不完整，没有处理，也没有保存。", "请返回上一页再试一次。"
    ),
    403: Trouble(
        403,
        "这里不能由您查看或办理",
        "当前身份没有这项权限。",
        "如需办理，请换一个岗位，或联系本单位负责人。",
    ),
    404: Trouble(
        404, "没有找到这个页面", "地址有误，或者内容不在您可查看的范围内。", "请核对地址，或从首页重新进入。"
    ),
    409: Trouble(409, "这一步现在不能办", "情况已经变化。", "请返回上一页，刷新后再看。"),
    413: Trouble(413, "内容太大", "发送的内容超过上限，没有接收，也没有保存。", "请减少或压缩附件后再试。"),
    422: Trouble(
        422, "有几处需要改一下", "填写的内容没有通过检查，还没有保存。", "请返回上一页修改，已填内容都在。"
    ),
    429: Trouble(429, "请稍等再试", "操作太频繁，这一次没有处理。", "请几分钟后再试。"),
    500: Trouble(
        500,
        "这一步没有办成",
        "程序出了差错，没有保存。差错已经记录。",
        "请返回上一页再试一次；仍不行，请到窗口或打电话办理。",
    ),
    503: Trouble(503, "服务暂时中断", "这一次没有保存任何内容。", "请稍等片刻再按一次。"),
}


def trouble_page(request: HttpRequest, trouble: Trouble, **more: object) -> HttpResponse:
    """The whole page, or for htmx one notice strip that htmx puts into ``#notices``."""
    context = {
        "trouble": trouble,
        "district_name": getattr(settings, "DISTRICT_NAME", "清江县"),
        "large_type": request.COOKIES.get("large_type") == "1",
        # Who was known before it went wrong goes back to their own first page.
        "home": resolve_url(settings.LOGIN_REDIRECT_URL) if getattr(request, "actor", None) else "/",
        **more,
    }
    if is_htmx(request):
        body = render_to_string("errors/_notice.html", context)
        response = HttpResponse(body, status=trouble.status)
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML"
        return response
    # Not rendered with the request: context processors read the session and the user.
    names = [f"errors/{trouble.status}.html", "errors/error.html"]
    return HttpResponse(render_to_string(names, context), status=trouble.status)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refused act: the refusal's own sentence under the title of its status."""
    known = TROUBLES.get(refusal.status, TROUBLES[409])
    own = Trouble(refusal.status, known.title, refusal.sentence, known.advice)
    return trouble_page(request, own, back=_back(request))


def database_away(request: HttpRequest) -> HttpResponse:
    """503 with everything that was typed, ready to be sent again by one press, without JavaScript.

    The fields are repeated only for a POST that has passed the CSRF check.
    Files cannot be repeated by a page and are named as such.
    """
    kept, files = [], False
    if request.method == "POST" and getattr(request, "csrf_processing_done", False):
        files = bool(request.FILES)
        kept = [(k, v) for k, vs in request.POST.lists() if not any(n in k for n in NOT_KEPT) for v in vs]
    response = trouble_page(
        request,
        TROUBLES[503],
        kept=kept,
        had_files=files,
        action=request.get_full_path(),
        csrf_token=get_token(request) if kept else "",
        back=_back(request),
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _back(request: HttpRequest) -> str:
    """The page the form was on, when it is one of ours; a foreign address is never offered."""
    referer = request.headers.get("Referer", "")
    try:
        base = f"{request.scheme}://{request.get_host()}/"
    except DisallowedHost:
        return ""
    return referer if referer.startswith(base) else ""
