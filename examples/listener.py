#!/usr/bin/env python3
"""Prints a node's notifications, one line of JSON each: {"topic": "invoice_payment", "message": {...}}.

The program needs Python 3.8 or newer, without packages. It reconnects until it is stopped, and resumes after the last
notification, so that it misses nothing that the server still has. If notifications were lost, it prints the topic "missed".
The rune needs the method getinfo (dist/rest), or listclnrest-notifications (dist/clnrest).
"""
import argparse
import http.client
import json
import ssl
import sys
import time
import urllib.parse

# The server sends a comment every 15 seconds. A connection that is silent for longer is lost.
SILENCE_SECONDS = 40
RETRY_SECONDS = 1.0


class Refused(Exception):
    """The server does not accept the rune or the topics: a repetition would not help."""


class Listener:
    def __init__(self, url, ca, rune, topics):
        self.url = urllib.parse.urlsplit(url)
        self.context = ssl.create_default_context(cafile=ca) if self.url.scheme == 'https' else None
        self.rune = rune
        self.topics = topics
        self.last_id = None

    def listen(self):
        """Yields topics and messages, without an end."""
        while True:
            try:
                yield from self.events()
            except (OSError, http.client.HTTPException) as error:
                print(f'listener: {error}', file=sys.stderr, flush=True)
            time.sleep(RETRY_SECONDS)

    def connect(self):
        options = {'timeout': SILENCE_SECONDS}
        if self.context is None:
            return http.client.HTTPConnection(self.url.hostname, self.url.port, **options)
        return http.client.HTTPSConnection(
            self.url.hostname, self.url.port, context=self.context, **options)

    def events(self):
        connection = self.connect()
        try:
            query = urllib.parse.urlencode({'topics': ','.join(self.topics)}) if self.topics else ''
            headers = {'Rune': self.rune, 'Accept': 'text/event-stream'}
            if self.last_id is not None:
                headers['Last-Event-ID'] = self.last_id
            connection.request('GET', f'/v1/notifications?{query}', headers=headers)
            response = connection.getresponse()
            if response.status in (400, 401, 403, 404):
                raise Refused(response.read().decode())
            if response.status != 200:
                raise http.client.HTTPException(f'the server returned {response.status}')
            yield from self.parse(response)
        finally:
            connection.close()

    def parse(self, lines):
        """Yields the events of a stream (WHATWG HTML, section 9.2.6)."""
        topic, data, event_id = None, [], None
        for line in lines:
            field, _, value = line.decode().rstrip('\r\n').partition(':')
            value = value[1:] if value.startswith(' ') else value
            if field == 'id':
                event_id = value
            elif field == 'event':
                topic = value
            elif field == 'data':
                data.append(value)
            elif not field and not value and not line.startswith(b':'):
                if data:
                    yield topic, json.loads('\n'.join(data))
                # After the event: if the program stops while it handles one, it receives it again.
                if event_id is not None:
                    self.last_id = event_id
                topic, data, event_id = None, [], None


def main():
    parser = argparse.ArgumentParser(description='print the notifications of a node')
    parser.add_argument('url', help='address of the gateway, such as https://127.0.0.1:3010')
    parser.add_argument('topics', nargs='*', help='topics (default: all)')
    parser.add_argument('--ca', help="certificate authority of the gateway, its file ca.pem")
    parser.add_argument('--rune-file', required=True, help='file with the rune')
    # With parse_args, topics cannot follow the options.
    options = parser.parse_intermixed_args()
    with open(options.rune_file, encoding='utf8') as file:
        rune = file.read().strip()
    try:
        for topic, message in Listener(options.url, options.ca, rune, options.topics).listen():
            print(json.dumps({'topic': topic, 'message': message}), flush=True)
    except Refused as error:
        sys.exit(f'listener: {error}')
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
