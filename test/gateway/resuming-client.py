# A Socket.IO client that resumes: `python3 resuming-client.py URL RUNE LAST_EVENT_ID`.
# socketio.Client runs each handler in a thread of its own, so that events can overtake each other here.
import sys

import socketio

url, rune, last = sys.argv[1:]
sio = socketio.Client(reconnection=False)


def say(*words):
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


@sio.event
def message(data, event_id):
    say("event", event_id, data["invoice_creation"]["label"])


@sio.event
def resume_from(event_id):
    say("position", event_id)


@sio.event
def missed(data):
    say("missed", data["message"])


def auth():
    return {"rune": rune, "topics": "invoice_creation", "last_event_id": last}


sio.connect(url, auth=auth)
sio.wait()
