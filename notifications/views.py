"""One's own notices."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import SignedInRequest
from core.errors import Refusal
from core.paging import paginate
from notifications import selectors, services
from notifications.enums import Channel, Extent


@login_required
def inbox(request: SignedInRequest) -> HttpResponse:
    """All notices, or with ``?unread=1`` the unread ones; newest first."""
    unread = request.GET.get("unread") == "1"
    notices = selectors.notices_of(request.user)
    if unread:
        notices = notices.filter(read_at=None)
    page = paginate(notices, order=["-created_at"], cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "unread": unread,
        "daily": selectors.has_daily_mail(request.user),
        "ways": selectors.ways_of(request.user),
        "extents": Extent.choices,
    }
    return render(request, "notifications/notice_list.html", context)


@login_required
def open_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark as read and go where it points; never to another site."""
    notice = get_object_or_404(selectors.notices_of(request.user), pk=pk)
    services.mark_read(notice)
    if not url_has_allowed_host_and_scheme(notice.link, None):
        return redirect("notifications:inbox")
    return HttpResponseRedirect(notice.link)


@login_required
@require_POST
def mail(request: SignedInRequest) -> HttpResponse:
    """One mail a day, or one for each notice; with ``channel``, what to be told by that way too."""
    if channel := request.POST.get("channel"):
        return _way(request, channel, request.POST.get("extent", ""))
    daily = request.POST.get("daily") == "1"
    services.choose(user=request.user, daily=daily)
    words = _("邮件改为每天汇总一封，超期的仍立即发。") if daily else _("每条提醒各发一封邮件。")
    messages.success(request, words)
    return redirect("notifications:inbox")


def _way(request: SignedInRequest, channel: str, extent: str) -> HttpResponse:
    if channel not in Channel.values or extent not in Extent.values:
        raise Refusal(_("请从列出的提醒方式里选择。"), code="invalid")
    way, chosen = Channel(channel), Extent(extent)
    services.choose_way(user=request.user, channel=way, extent=chosen)
    messages.success(request, _("%(way)s提醒：%(extent)s。") % {"way": way.label, "extent": chosen.label})
    return redirect("notifications:inbox")


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    services.mark_all_read(request.user)
    return redirect("notifications:inbox")
