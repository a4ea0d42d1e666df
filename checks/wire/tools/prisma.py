"""Prisma; it has no way back."""

from checks.wire.tools.tool import Tool

TOOL = Tool(
    "prisma",
    migrate="npx --no-install prisma migrate deploy",
    asks="npx --no-install prisma version",
    install="Run `npm install` in {folder}: it fetches Prisma. npm comes with Node.js.",
)
