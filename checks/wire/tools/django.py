"""Django (django-admin: 'migrate')."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "django",
    migrate="python manage.py migrate",
    rollback="python manage.py migrate {app} {to}",
    nothing="zero",
)
