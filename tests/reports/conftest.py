"""A real browser for the page: headless Chromium, installed where it is missing and that can be done."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

_PACKAGES = ("chromium", "chromium-driver")
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--window-size=1400,1000",
)


def _programs() -> tuple[str, str] | None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def _install() -> str:
    """Install Debian's packages; give why that cannot be, or an empty string."""
    if shutil.which("apt-get") is None:
        return "there is no apt-get to install them with"
    if os.geteuid() != 0:
        return f"only root can install them: apt-get install {' '.join(_PACKAGES)}"
    # Two test processes may come here at a time: the second waits for the first one's lock.
    options = ["-o", "DPkg::Lock::Timeout=300", "-o", "APT::Get::Assume-Yes=true"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--no-install-recommends", *_PACKAGES]):
        done = subprocess.run(
            ["apt-get", *options, *command], capture_output=True, text=True, env=environment, check=False
        )
        if done.returncode != 0 and command[0] == "install":
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            return f"apt-get install {' '.join(_PACKAGES)} failed: {last}"
    return ""


@pytest.fixture(scope="session")
def programs() -> tuple[str, str]:
    """Chromium and its driver; skips, with the reason, where they are not there and cannot be installed."""
    found = _programs()
    if found is None:
        why = _install()
        found = _programs()
        if found is None:
            pytest.skip(f"the page is tested in Chromium, and chromium or chromedriver is missing; {why}")
    return found


@pytest.fixture(scope="module")
def browser(
    programs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[webdriver.Chrome]:
    """A browser with an empty profile; it has no network to use, and the page may not want any."""
    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    profile: Path = tmp_path_factory.mktemp("profile")
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium starts as root in no other way
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(programs[1]))
    yield driver
    driver.quit()
