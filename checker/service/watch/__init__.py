"""Watching live traffic: a reverse proxy that passes bytes on, and judges copies of what they say.

The proxy is a relay of bytes on asyncio's transports. What one side sends is handed to the other side as it came, before
anything looks at it; each connection of a client has a connection to the upstream of its own. So headers, chunks,
interim responses, half-closed connections and resets are what they are without the proxy, and so is whatever is no HTTP.
A proxy made of a server and a client library (uvicorn and httpx, say) would parse each message and write it anew: with
other headers, other chunks, and an error in place of what it does not understand.

Copies of the bytes are delimited by h11, which both of those libraries use too: its state machine knows which response
has no body, where an upgrade begins and what a broken chunk is. It reads HTTP/1.1, so the proxy offers nothing else when
TLS negotiates a protocol.

The relay has a process of its own that does nothing else (`relay_process`). Complete copies go through a socket to the
process that judges them (`judging`) and keeps what came of it (`log`).
"""
