from __future__ import annotations

import pytest

from bot.validation import narrowed
from checks.settings import FolderSettings, Settings

BILLING = FolderSettings(path="services/billing/migrations", tool="goose", database="billing")
SHOP = FolderSettings(path="services/shop", database="shop")


def test_the_root_narrows_nothing() -> None:
    settings = Settings(folders=(BILLING,))
    assert narrowed(settings, "") is settings


def test_a_folder_narrows_to_itself() -> None:
    assert narrowed(Settings(), "db").folders == (FolderSettings(path="db"),)


@pytest.mark.parametrize("folder", ["services", "services/billing", "services/billing/migrations"])
def test_configured_folders_below_stay_as_they_are(folder: str) -> None:
    assert BILLING in narrowed(Settings(folders=(BILLING,)), folder).folders


def test_a_folder_below_a_configured_one_keeps_its_database() -> None:
    assert narrowed(Settings(folders=(BILLING, SHOP)), "services/shop/db").folders == (
        FolderSettings(path="services/shop/db", database="shop"),
    )


def test_a_folder_whose_name_begins_alike_is_another() -> None:
    assert narrowed(Settings(folders=(SHOP,)), "services/sho").folders == (
        FolderSettings(path="services/sho"),
    )
