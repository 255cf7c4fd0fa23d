"""Judging of traffic inside other programs: middleware, HTTP clients of test suites, a mitmproxy add-on.

Each integration is a thin file that copies exchanges; `monitor` judges the copies, and `tally` counts what they come to.
"""
