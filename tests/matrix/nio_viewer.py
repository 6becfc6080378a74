"""Run with the Python of .venv-synapse: what matrix-nio, a client of others, reads of a room from an address. A line of
JSON asks (room, event, file, address), and a line answers: for each route what it showed."""

import asyncio
import json
import sys

import aiohttp
from nio import AsyncClient, RoomMessagesResponse, SyncResponse
from nio.api import MessageDirection


def bodies(events):
    return {one.event_id: getattr(one, "body", None) for one in events}


async def read(base, user, token, room, event, mxc, address):
    client = AsyncClient(base, user)
    client.restore_login(user, "DEVICE", token)
    client.client_session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(address, 0)))
    found = {}
    sync = await client.sync(timeout=0, full_state=True, sync_filter={"room": {"timeline": {"limit": 50}}})
    assert isinstance(sync, SyncResponse), sync
    found["sync"] = bodies(sync.rooms.join[room].timeline.events)
    page = await client.room_messages(room, "", direction=MessageDirection.back, limit=50)
    assert isinstance(page, RoomMessagesResponse), page
    found["messages"] = bodies(page.chunk)
    found["event"] = getattr((await client.room_get_event(room, event)).event, "body", None)
    context = await client.room_context(room, event)
    found["context"] = getattr(context.event, "body", None)
    download = await client.download(mxc)
    found["file"] = getattr(download, "status_code", None) or len(download.body)
    await client.client_session.close()
    print(json.dumps(found), flush=True)


for line in sys.stdin:
    asyncio.run(read(*sys.argv[1:], *json.loads(line)))
