"""A stock client: python-socketio's AsyncClient.

    client.py URL TRANSPORTS EVENT...

TRANSPORTS is a JSON list, or null for the default. Speaks the JSON lines of client.js.
"""

import asyncio
import json
import sys

import socketio

URL, TRANSPORTS, *EVENTS = sys.argv[1:]


def tell(event, **about):
    print(json.dumps({"event": event, **about}), flush=True)


async def main():
    client = socketio.AsyncClient()

    @client.event
    async def connect():
        tell("connect", id=client.get_sid(), transport=client.transport())

    @client.event
    async def connect_error(data):
        tell("connect_error", message=str(data))

    @client.event
    async def disconnect(reason):
        tell("disconnect", reason=reason)

    def listen(name):
        async def heard(*args):
            tell("event", name=name, args=args)

        client.on(name, heard)

    for name in EVENTS:
        listen(name)
    await client.connect(URL, transports=json.loads(TRANSPORTS))

    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        if order["do"] == "emit":
            name, args = order["name"], tuple(order["args"])

            def acknowledged(*answer, name=name):
                tell("ack", name=name, args=answer)

            await client.emit(name, args, callback=acknowledged if order.get("ack") else None)
        elif order["do"] == "disconnect":
            await client.disconnect()


asyncio.run(main())
