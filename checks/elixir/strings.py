"""String, Atom, Integer, Path and Macro."""

from __future__ import annotations

import posixpath
import re

from checks.elixir.kernel import to_string
from checks.elixir.library import Applies, native
from checks.elixir.show import as_text
from checks.elixir.values import Atom, ProjectPath, Regex, Value, atom, atom_name, is_integer

_LONGEST_FOR_REGEX = 5_000
"""Characters: one repetition can take the square of them."""
_TRIMMED = " \t\n\v\f\r\x85\u2028\u2029"


@native("String", "upcase")
def _upcase(ev: Applies, text: str) -> Value:
    return text.upper()


@native("String", "downcase")
def _downcase(ev: Applies, text: str) -> Value:
    return text.lower()


@native("String", "capitalize")
def _capitalize(ev: Applies, text: str) -> Value:
    return text[:1].upper() + text[1:].lower()


@native("String", "trim")
def _trim(ev: Applies, text: str, what: str | None = None) -> Value:
    return text.strip(_TRIMMED) if what is None else _trim_leading(ev, _trim_trailing(ev, text, what), what)


@native("String", "trim_leading")
def _trim_leading(ev: Applies, text: str, what: str | None = None) -> str:
    if what is None:
        return text.lstrip(_TRIMMED)
    return re.sub(rf"\A(?:{re.escape(what)})+", "", text)


@native("String", "trim_trailing")
def _trim_trailing(ev: Applies, text: str, what: str | None = None) -> str:
    if what is None:
        return text.rstrip(_TRIMMED)
    return re.sub(rf"(?:{re.escape(what)})+\Z", "", text)


@native("String", "replace")
def _replace(ev: Applies, text: str, old: Value, new: str) -> Value:
    if isinstance(old, Regex):
        if "\\" in new or len(text) > _LONGEST_FOR_REGEX:
            raise ValueError
        return old.compiled().sub(lambda _: new, text)
    if not old:
        raise ValueError
    return text.replace(old, new)


@native("Regex", "replace")
def _regex_replace(ev: Applies, pattern: Regex, text: str, new: str) -> Value:
    return _replace(ev, text, pattern, new)


@native("String", "match?")
def _matches(ev: Applies, text: str, pattern: Regex) -> Value:
    if len(text) > _LONGEST_FOR_REGEX:
        raise ValueError
    return pattern.compiled().search(text) is not None


@native("String", "replace_prefix")
def _replace_prefix(ev: Applies, text: str, old: str, new: str) -> Value:
    return new + text[len(old) :] if text.startswith(old) else text


@native("String", "replace_suffix")
def _replace_suffix(ev: Applies, text: str, old: str, new: str) -> Value:
    return text[: len(text) - len(old)] + new if text.endswith(old) else text


@native("String", "split")
def _split(ev: Applies, text: str, pattern: Value = None, options: Value = None) -> Value:
    if pattern is None:
        return text.split()
    if isinstance(pattern, Regex) and not options and len(text) <= _LONGEST_FOR_REGEX:
        return pattern.compiled().split(text)
    if not isinstance(pattern, str) or not pattern or (options and options != [(Atom("trim"), True)]):
        raise ValueError
    pieces = text.split(pattern)
    return [piece for piece in pieces if piece] if options else pieces


@native("String", "to_atom")
@native("String", "to_existing_atom")
def _to_atom(ev: Applies, text: str) -> Value:
    if not isinstance(text, str):
        raise TypeError
    return atom(text)


@native("String", "to_integer")
def _to_integer(ev: Applies, text: str) -> Value:
    return int(text)


@native("String", "to_charlist")
def _to_charlist(ev: Applies, text: str) -> Value:
    return [ord(character) for character in text]


@native("String", "duplicate")
def _duplicate(ev: Applies, text: str, count: int) -> Value:
    return text * min(count, 1_000_001 // max(len(text), 1) + 1)


@native("String", "pad_leading")
def _pad_leading(ev: Applies, text: str, width: int, padding: str = " ") -> Value:
    if len(padding) != 1:
        raise ValueError
    return text.rjust(min(width, 1_000_001), padding)


@native("String", "length")
def _length(ev: Applies, text: str) -> Value:
    return len(text)


@native("String", "slice")
def _slice(ev: Applies, text: str, start: int, count: int) -> Value:
    if start < 0:
        raise ValueError
    return text[start : start + count]


@native("String", "contains?")
def _contains(ev: Applies, text: str, wanted: Value) -> Value:
    return any(one in text for one in ([wanted] if isinstance(wanted, str) else wanted))


@native("String", "starts_with?")
def _starts_with(ev: Applies, text: str, wanted: Value) -> Value:
    return text.startswith(wanted if isinstance(wanted, str) else tuple(wanted))


@native("String", "ends_with?")
def _ends_with(ev: Applies, text: str, wanted: Value) -> Value:
    return text.endswith(wanted if isinstance(wanted, str) else tuple(wanted))


@native("Atom", "to_string")
def _atom_to_string(ev: Applies, value: Value) -> Value:
    return atom_name(value)


@native("Atom", "to_charlist")
def _atom_to_charlist(ev: Applies, value: Value) -> Value:
    return [ord(character) for character in atom_name(value)]


@native("Integer", "to_string")
@native("Float", "to_string")
def _number_to_string(ev: Applies, value: Value) -> Value:
    if not (is_integer(value) or isinstance(value, float)):
        raise TypeError
    return as_text(value)


@native("Macro", "underscore")
def underscore(ev: Applies, name: Value) -> str:
    text = name if isinstance(name, str) else atom_name(name).removeprefix("Elixir.")
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text.replace(".", "/"))
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", text).lower()


@native("Path", "join")
def _join(ev: Applies, first: Value, second: Value = None) -> Value:
    parts = first if isinstance(first, list) else [first, second]
    base, *rest = parts
    names = [to_string(ev, part).lstrip("/") for part in rest]
    if isinstance(base, ProjectPath):
        return ProjectPath(posixpath.normpath("/".join([base.path or ".", *names])))
    return posixpath.join(to_string(ev, base), *names)


@native("Path", "basename")
def _basename(ev: Applies, path: str) -> Value:
    return posixpath.basename(path)


@native("Path", "expand")
def _expand(ev: Applies, path: Value, base: Value) -> Value:
    return _join(ev, base, path)


@native("Application", "app_dir")
def _app_dir(ev: Applies, app: Value, below: Value = "") -> Value:
    names = below if isinstance(below, list) else [below]
    return ProjectPath(posixpath.normpath("/".join([".", *names])))


@native("code", "priv_dir")
def _priv_dir(ev: Applies, app: Value) -> Value:
    return ProjectPath("priv")
