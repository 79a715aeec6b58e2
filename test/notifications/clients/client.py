import socketio
import requests

http_session = requests.Session()
http_session.verify = True
http_session.headers.update({"rune": "<rune>"})
sio = socketio.Client(http_session=http_session)


@sio.event
def connect():
    print("connected")


@sio.event
def disconnect():
    print("disconnected")


@sio.event
def message(data):
    print(f"heard {data}")


@sio.event
def error(err):
    print(f"failed {err}")


sio.connect('<url>')

sio.wait()
