"""Hải Đăng: a network of public cameras that one operator runs for many agencies."""

__version__ = "0.1.0"
