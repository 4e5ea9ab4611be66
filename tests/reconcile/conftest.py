from accounts.cast import _quick_passwords, home

__all__ = ["_quick_passwords", "home"]
