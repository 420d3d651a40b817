"""Who acts: a person with a hat on, a petitioner, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import Role
from accounts.models import Post, Unit, User


@dataclass(frozen=True)
class Actor:
    """Handed to every service. ``label`` is what the timeline and the audit log print."""

    user: User | None
    post: Post | None
    role: Role
    label: str

    @classmethod
    def of(cls, post: Post) -> Actor:
        return cls(
            user=post.user,
            post=post,
            role=Role(post.role),
            label=f"{post.user.get_full_name()}（{post.label}）",
        )

    @classmethod
    def bare(cls, user: User) -> Actor:
        """Somebody logged in with no hat on."""
        return cls(user=user, post=None, role=Role.SYSTEM, label=user.get_full_name())

    @classmethod
    def petitioner(cls, label: str = "信访人") -> Actor:
        return cls(user=None, post=None, role=Role.PETITIONER, label=label)

    @classmethod
    def system(cls, label: str = "系统") -> Actor:
        return cls(user=None, post=None, role=Role.SYSTEM, label=label)

    @property
    def unit(self) -> Unit | None:
        return self.post.unit if self.post else None
