from accounts.views.login import locked_out

__all__ = ["locked_out"]  # named in the settings (AXES_LOCKOUT_CALLABLE)
