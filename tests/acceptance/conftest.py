"""The control plane's cast, by name."""

from accounts.cast import _quick_passwords, home, policy, port

__all__ = ["_quick_passwords", "home", "policy", "port"]
