"""Django applications from PyPI, with all the migrations that they have ever had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.frameworks.install import environment, packages_of
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

_SETTINGS = '''"""Written by benchmarks/frameworks."""

import os

SECRET_KEY = "none"
USE_TZ = True
SITE_ID = 1
ROOT_URLCONF = __name__
STATIC_URL = "/static/"
urlpatterns = []
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.postgresql",
        **{{
            name: os.environ[f"PG{{variable}}"]
            for name, variable in {{
                "NAME": "DATABASE", "HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD"
            }}.items()
        }},
    }}
}}
TEMPLATES = [
    {{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {{"context_processors": ["django.contrib.auth.context_processors.auth"]}},
    }}
]
INSTALLED_APPS = {apps!r}
{more}
'''
_CONTRIB = ("contenttypes", "auth", "sites", "sessions", "messages", "staticfiles", "admin", "postgres")


@dataclass(frozen=True)
class _Package:
    requirement: str
    apps: tuple[str, ...]
    more: str = ""
    """Further settings, Python."""
    with_: tuple[str, ...] = ("psycopg[binary]",)
    extensions: tuple[str, ...] = ()


PACKAGES = (
    _Package(
        "wagtail==7.0.1",
        (
            *(f"wagtail.contrib.{name}" for name in ("forms", "redirects", "search_promotions")),
            *(f"wagtail.{name}" for name in ("embeds", "sites", "users", "snippets", "documents", "images", "search", "admin")),
            "wagtail",
            "modelcluster",
            "taggit",
        ),
        'WAGTAILADMIN_BASE_URL = "http://localhost"\nWAGTAIL_SITE_NAME = "none"\n',
    ),
)  # fmt: skip


def _projects(places: Places) -> Iterator[Project | NotHere]:
    makers = [partial(_project, places, package) for package in PACKAGES]
    for make in (*makers, partial(_label_studio, places)):
        try:
            yield make()
        except NotHere as reason:
            yield reason


def _label_studio(places: Places) -> Project:
    """With its own settings and its own manage.py."""
    python = environment(places, ["label-studio==1.20.0"])
    return Project(
        repository="label-studio 1.20.0",
        folder=packages_of(python) / "label_studio",
        migrate=(str(python), "manage.py", "migrate", "--no-input", "-v", "0"),
        files=packages_of(python),
        more=lambda where: {
            "DJANGO_DB": "default",
            "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
            "LABEL_STUDIO_BASE_DATA_DIR": str(places.cache / "label-studio"),
            **{
                f"POSTGRE_{theirs}": where[f"PG{ours}"]
                for theirs, ours in {
                    "NAME": "DATABASE", "HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD"
                }.items()
            },
        },
    )  # fmt: skip


def _project(places: Places, package: _Package) -> Project:
    python = environment(places, [package.requirement, *package.with_])
    folder = places.cache / f"django-{package.requirement}"
    folder.mkdir(exist_ok=True)
    apps = [*(f"django.contrib.{name}" for name in _CONTRIB), *package.apps]
    (folder / "settings.py").write_text(_SETTINGS.format(apps=apps, more=package.more))
    return Project(
        repository=package.requirement.replace("==", " "),
        folder=folder,
        migrate=(str(python), "-m", "django", "migrate", "--no-input", "--skip-checks", "-v", "0"),
        files=packages_of(python),
        more=lambda where: {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(folder)},
        extensions=package.extensions,
    )


FRAMEWORK = Framework("django", _projects)
