"""One file per migration tool: recognise its folders, read its files into a History."""

from checks.frameworks.find import find_histories

__all__ = ["find_histories"]
