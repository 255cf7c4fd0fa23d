"""Made-up responses of GitHub's REST API with the headers that GitHub sends, the same for the same seed.

Users are those of `GET /user` and `GET /users/{username}`, repositories the lists of `GET /user/repos`. Most of their members are
URLs. Some are null, a few have letters of other scripts, emoji, quotation marks or line ends.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from whosees.checker.recordings import Headers, HttpFacts, Recording

API = "https://api.github.com"
PER_PAGE = 10
_LINKS = (
    "followers",
    "following",
    "gists",
    "starred",
    "subscriptions",
    "orgs",
    "repos",
    "events",
    "received_events",
)
_REPOSITORY_LINKS = (
    *(
        "forks",
        "keys",
        "collaborators",
        "teams",
        "hooks",
        "events",
        "assignees",
        "branches",
        "tags",
        "blobs",
        "git_tags",
    ),
    *(
        "git_refs",
        "trees",
        "statuses",
        "languages",
        "stargazers",
        "contributors",
        "subscribers",
        "subscription",
        "commits",
    ),
    *(
        "git_commits",
        "comments",
        "issue_comment",
        "contents",
        "compare",
        "merges",
        "archive",
        "downloads",
        "issues",
        "pulls",
    ),
    *("milestones", "notifications", "labels", "releases", "deployments", "git", "ssh", "clone", "svn"),
)
_NAMES = ("", "Mona Lisa Octocat", "Zoë, 東京", "https://example.com/?a=1&b=2", "@github", None)
_TEXTS = ("I like tea", "Zoë, 東京 🎉", "There once was...", "a <b> & c", 'says "hello"', "one\r\ntwo", None)
_OTHERS = tuple(f"extension_{number}" for number in range(200))


def users(seed: int, number: int, *, new: bool) -> Iterator[Recording]:
    """Make responses with one user each; with ``new`` each has other members in another order."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    for _ in range(number):
        login = f"octocat{rng.randrange(1000)}"
        by_name = rng.random() < 0.5  # noqa: PLR2004 - half of them
        scopes = rng.choice(("repo, user", "repo, read:user", "repo"))
        members = _profile(rng, login) | (_private(rng) if not by_name and "user" in scopes else {})
        url = f"{API}/users/{login}" if by_name else f"{API}/user"
        yield _recording(rng, url, _renewed(rng, members) if new else members, scopes)


def repositories(seed: int, number: int, *, new: bool) -> Iterator[Recording]:
    """Make lists of ten repositories; with ``new`` each repository has other members in another order."""
    rng = random.Random(seed)  # noqa: S311 - it makes up texts
    for page in range(number):
        items = [_repository(rng) for _ in range(PER_PAGE)]
        url = f"{API}/user/repos?per_page={PER_PAGE}&page={page}"
        yield _recording(rng, url, [_renewed(rng, item) for item in items] if new else items, "repo")


def _recording(rng: random.Random, url: str, content: object, scopes: str) -> Recording:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    facts = HttpFacts("GET", url, 200, Headers.of(_sent(rng)), Headers.of(_received(rng, scopes)))
    return Recording(f"recorded/{rng.randrange(10**6)}.json", body, http=facts)


def _account(rng: random.Random, login: str) -> dict[str, Any]:
    url, number = f"{API}/users/{login}", rng.randrange(10**7)
    return {
        "login": login,
        "id": number,
        "node_id": f"MDQ6VXNlcj{number}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"https://github.com/{login}",
        **{f"{link}_url": f"{url}/{link}" for link in _LINKS},
        "type": "User",
        "site_admin": False,
    }


def _profile(rng: random.Random, login: str) -> dict[str, Any]:
    names = ("name", "company", "blog", "location", "email", "twitter_username")
    return {
        **_account(rng, login),
        **{name: rng.choice(_NAMES) for name in names},
        "bio": rng.choice(_TEXTS),
        "hireable": rng.choice((True, None)),
        **{name: rng.randrange(1000) for name in ("public_repos", "public_gists", "followers", "following")},
        "created_at": "2011-01-25T18:44:36Z",
        "updated_at": f"2026-01-25T18:44:{rng.randrange(10, 60)}Z",
    }


def _private(rng: random.Random) -> dict[str, Any]:
    counts = ("private_gists", "total_private_repos", "owned_private_repos", "disk_usage", "collaborators")
    plan = {"name": "pro", "space": 976562499, "collaborators": 0, "private_repos": 9999}
    return {**{name: rng.randrange(1000) for name in counts}, "two_factor_authentication": True, "plan": plan}


def _repository(rng: random.Random) -> dict[str, Any]:
    owner, name = f"octocat{rng.randrange(1000)}", f"project{rng.randrange(1000)}"
    url, number = f"{API}/repos/{owner}/{name}", rng.randrange(10**8)
    return {
        "id": number,
        "node_id": f"MDEwOlJlcG9zaXRvcnk{number}",
        "name": name,
        "full_name": f"{owner}/{name}",
        "private": rng.random() < 0.5,  # noqa: PLR2004 - half of them
        "owner": _account(rng, owner),
        "html_url": f"https://github.com/{owner}/{name}",
        "description": rng.choice(_TEXTS),
        "fork": False,
        "url": url,
        **{f"{link}_url": f"{url}/{link}" for link in _REPOSITORY_LINKS},
        **_state(rng),
        **_rights(rng),
    }


def _state(rng: random.Random) -> dict[str, Any]:
    times = ("created_at", "updated_at", "pushed_at")
    counts = ("size", "stargazers_count", "watchers_count", "forks_count", "open_issues_count")
    features = ("issues", "projects", "downloads", "wiki", "pages", "discussions")
    licence = {
        "key": "mit",
        "name": "MIT License",
        "spdx_id": "MIT",
        "url": f"{API}/licenses/mit",
        "node_id": "MDc6TGljZW5zZW1pdA==",
    }
    return {
        **{time: f"2026-01-25T18:44:{rng.randrange(10, 60)}Z" for time in times},
        "homepage": rng.choice(_NAMES),
        **{count: rng.randrange(1000) for count in counts},
        "language": rng.choice(("Python", "C", None)),
        **{f"has_{feature}": True for feature in features},
        "archived": False,
        "disabled": False,
        "license": rng.choice((licence, None)),
        "is_template": False,
        "topics": [f"topic{number}" for number in range(rng.randrange(4))],
        "visibility": "public",
        "default_branch": "main",
    }


def _rights(rng: random.Random) -> dict[str, Any]:
    """Return the permissions of the caller, and the settings for merging if they include push."""
    pushes = rng.random() < 0.5  # noqa: PLR2004 - half of them
    levels = ("admin", "maintain", "push", "triage")
    merging = ("allow_squash_merge", "allow_merge_commit", "allow_rebase_merge", "allow_auto_merge")
    return {
        "permissions": {**dict.fromkeys(levels, pushes), "pull": True},
        **(dict.fromkeys((*merging, "delete_branch_on_merge"), True) if pushes else {}),
    }


def _renewed(rng: random.Random, members: dict[str, Any]) -> dict[str, Any]:
    """Return an object's members in another order, with five others among them."""
    members |= dict.fromkeys(rng.sample(_OTHERS, 5), "x")
    return {name: members[name] for name in rng.sample([*members], len(members))}


def _sent(rng: random.Random) -> tuple[tuple[str, str], ...]:
    token = f"Bearer {rng.randrange(10**12)}"
    return (("Accept", "application/vnd.github+json"), ("Authorization", token), ("User-Agent", "client/1.0"))


def _received(rng: random.Random, scopes: str) -> tuple[tuple[str, str], ...]:
    remaining = rng.randrange(5000)
    return (
        ("Server", "GitHub.com"),
        ("Date", f"Thu, 26 Nov 2026 12:00:{rng.randrange(10, 60)} GMT"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Cache-Control", "private, max-age=60, s-maxage=60"),
        ("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP"),
        ("ETag", f'W/"{rng.randrange(16**16):x}"'),
        ("Last-Modified", f"Thu, 26 Nov 2026 11:00:{rng.randrange(10, 60)} GMT"),
        ("X-OAuth-Scopes", scopes),
        ("X-Accepted-OAuth-Scopes", ""),
        ("X-OAuth-Client-Id", "0"),
        ("X-GitHub-Media-Type", "github.v3; format=json"),
        ("x-github-api-version-selected", "2022-11-28"),
        ("X-RateLimit-Limit", "5000"),
        ("X-RateLimit-Remaining", f"{remaining}"),
        ("X-RateLimit-Reset", f"{1795694400 + remaining}"),
        ("X-RateLimit-Used", f"{5000 - remaining}"),
        ("X-RateLimit-Resource", "core"),
        ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, X-RateLimit-Limit"),
        ("Access-Control-Allow-Origin", "*"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubdomains; preload"),
        ("X-Frame-Options", "deny"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-XSS-Protection", "0"),
        ("Referrer-Policy", "origin-when-cross-origin, strict-origin-when-cross-origin"),
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-GitHub-Request-Id", f"{rng.randrange(16**12):X}"),
    )
