"""Prisma; it has no way back."""

from checks.wire.tools.tool import Tool

TOOL = Tool("prisma", migrate="npx --no-install prisma migrate deploy")
