from django.urls import path

from accounts.views import audit, leave, login, people, posts, second_factor, session, units

app_name = "accounts"
urlpatterns = [
    path("login/", login.LoginView.as_view(), name="login"),
    path("login/code/", login.second_factor_ask, name="second_factor_ask"),
    path("logout/", session.LogoutView.as_view(), name="logout"),
    path("password/", session.PasswordChangeView.as_view(), name="password_change"),
    path("me/", session.profile, name="profile"),
    path("me/logins/end/", session.end_other_logins, name="end_other_logins"),
    path("me/logins/<row:pk>/end/", session.end_login, name="end_login"),
    path("me/second-factor/", second_factor.second_factor, name="second_factor"),
    path("me/second-factor/codes/", second_factor.second_factor_codes, name="second_factor_codes"),
    path("me/second-factor/remove/", second_factor.second_factor_remove, name="second_factor_remove"),
    path("hat/", session.switch_post, name="switch_post"),
    path("audit/", audit.audit_log, name="audit_log"),
    path("units/", units.unit_list, name="units"),
    path("units/search/", units.unit_search, name="unit_search"),
    path("units/add/", units.unit_add, name="unit_add"),
    path("units/<int:pk>/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/succession/", units.unit_succession, name="unit_succession"),
    path("units/<int:pk>/kind/", units.unit_kind, name="unit_kind"),
    path("people/", people.person_list, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/password/", people.person_password, name="person_password"),
    path("people/<int:pk>/second-factor/", people.person_second_factor, name="person_second_factor"),
    path("people/<int:pk>/active/", people.person_active, name="person_active"),
    path("people/<int:pk>/grant/", posts.post_grant, name="post_grant"),
    path("people/<int:pk>/leave/", leave.person_leave, name="person_leave"),
    path("leave/", leave.leave, name="leave"),
    path("leave/<row:pk>/end/", leave.leave_end, name="leave_end"),
    path("posts/<int:pk>/end/", posts.post_end, name="post_end"),
    path("posts/<int:pk>/charge/", posts.post_charge, name="post_charge"),
]
