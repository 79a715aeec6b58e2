# A Socket.IO client that resumes: `python3 resuming-client.py URL RUNE LAST_EVENT_ID`.
import sys

import socketio

url, rune, last = sys.argv[1:]
state = {"id": last}
sio = socketio.Client(reconnection=False)


def say(*words):
    print(*words, flush=True)


@sio.event
def message(data, event_id):
    state["id"] = event_id
    say("event", event_id, data["invoice_creation"]["label"])


@sio.event
def resume_from(event_id):
    state["id"] = event_id
    say("position", event_id)


@sio.event
def missed(data):
    say("missed", data["message"])


def auth():
    return {"rune": rune, "topics": "invoice_creation", "last_event_id": state["id"]}


sio.connect(url, auth=auth)
sio.wait()
