"""Every target of the fuzzer. A new one is a line here: its name, what it runs, its seeds and its dictionaries."""

from __future__ import annotations

from fuzz import files, messages, recordings, schemas
from fuzz.recordings import read_recording
from fuzz.target import Target
from support.templates import one

TARGETS = {
    target.name: target
    for target in (
        Target("message", messages.read_response, messages.responses, ["xml"], 4096),
        Target("templates", one, messages.pairs, ["xml"], 4096),
        Target("json-message", messages.read_json_response, messages.json_responses, ["json"], 1024),
        Target("request", messages.read_request, messages.requests, ["xml", "http"]),
        Target("json-request", messages.read_json_request, messages.json_responses, ["json"], 1024),
        Target("http", read_recording, recordings.HTTP, ["http", "xml"]),
        Target("har", read_recording, recordings.HAR, ["json", "har", "xml"]),
        Target("vcrpy", read_recording, recordings.VCRPY, ["yaml", "xml"]),
        Target("ruby-vcr", read_recording, recordings.RUBY, ["yaml", "xml"]),
        Target("journal", read_recording, recordings.JOURNAL, ["json", "wiremock", "xml"]),
        Target("mappings", read_recording, recordings.MAPPINGS, ["json", "wiremock", "xml"]),
        Target("json-lines", read_recording, recordings.LINES, ["json", "lines", "xml"]),
        Target("tools", recordings.read_tool_format, recordings.tool_formats, ["json", "http", "xml"], 8192),
        Target("zip", recordings.read_zip, recordings.ZIP, ["archive"], 4096),
        Target("tar", recordings.read_tar, recordings.tars, ["archive"], 6144),
        Target("gzip", recordings.read_gzip, recordings.GZIP, ["archive"], 4096),
        Target("sidecar", files.read_a_sidecar, files.sidecars, ["toml", "facts"], 512),
        Target("baseline", files.read_a_baseline, files.baselines, ["toml", "baseline"], 1024),
        Target("configuration", files.read_a_configuration, files.configurations, ["toml", "config"], 512),
        Target("rulebook", files.read_a_rulebook, files.rulebooks, ["toml", "rulebook"], 8192),
        Target("plan", files.read_a_plan, files.plans, ["toml", "plan"], 2048),
        Target("scenario", files.read_a_scenario, files.scenarios, ["toml", "plan"], 3072),
        Target("openapi", schemas.read_openapi, schemas.descriptions, ["json", "yaml"], 4096),
        Target("xsd", schemas.read_xsd, schemas.xml_schemas, ["xml"], 4096),
        Target("graphql", schemas.read_graphql, schemas.graphql_schemas, ["json"], 1024),
        Target("result", files.read_a_result, files.results, ["json", "result"], 4096),
        Target("scrub", messages.scrub, lambda: [*messages.responses(), *messages.requests()], ["xml"], 4096),
        Target("emulator", messages.emulate, messages.requests, ["xml", "http"]),
    )
}
"""The targets by name."""
