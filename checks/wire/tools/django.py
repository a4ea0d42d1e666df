"""Django (django-admin: 'migrate')."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "django",
    migrate="python manage.py migrate --no-input",
    rollback="python manage.py migrate --no-input {app} {to}",
    nothing="zero",
    shown_by="manage.py",
    asks="python -c 'import django, psycopg'",
    install="pip install 'django>=5' 'psycopg[binary]'",
)
