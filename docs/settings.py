"""Writes docs/settings.md from `service.options`: run ``.venv/bin/python docs/settings.py`` where one has changed."""

from __future__ import annotations

from pathlib import Path

from service.options import OPTIONS, Option

PAGE = Path(__file__).with_suffix(".md")
MADE_FROM = {
    "HOME": "`var` of the checkout or of the working folder",
    "MODEL_DIR": "`model` in the home",
    "DATABASE_URL": "`baitwatch.db` in the home",
}
"""Where a default is worked out."""

HEAD = """\
# Settings · 设置

Each setting is an environment variable; an empty one counts as not set. A wrong value stops the service at its start,
with a line that names it. This page is written from `service/options.py` by `docs/settings.py`.

每项设置都是一个环境变量；空值等于未设。值不对时服务不启动，并用一行话指出。
本页由 `docs/settings.py` 根据 `service/options.py` 生成。

| Variable · 变量 | Default · 默认值 | What it does | 作用 |
|---|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    return HEAD + "".join(
        f"| `{option.environment}` | {default(option)} | {option.en} | {option.zh} |\n" for option in OPTIONS
    )


def default(option: Option) -> str:
    """The default as it would be written in the environment."""
    if option.default is None:
        return MADE_FROM[option.key]
    if option.default == "":
        return "not set · 未设"
    if isinstance(option.default, bool):
        return "`yes`" if option.default else "`no`"
    return f"`{option.default:g}`" if isinstance(option.default, float) else f"`{option.default}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
