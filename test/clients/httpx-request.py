"""Sends one request with httpx in a separate process. sys.argv[1] describes the request as JSON:

`url`, `headers`, `ca`; `json` or `form`; `anyName`: do not check the certificate's host name;
`strict`: the checks of Python 3.13 and later. Prints the status, and each line as it arrives.
"""

import asyncio
import json
import ssl
import sys

import httpx

wanted = json.loads(sys.argv[1])


def trust():
    context = ssl.create_default_context(cafile=wanted["ca"])
    if wanted.get("strict"):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    if wanted.get("anyName"):
        context.check_hostname = False
    return context


async def main():
    body = {}
    if "json" in wanted:
        body["json"] = wanted["json"]
    if "form" in wanted:
        body["data"] = wanted["form"]
    secure = {"verify": trust()} if wanted["url"].startswith("https:") else {}
    async with httpx.AsyncClient(headers=wanted["headers"], timeout=None, **secure) as client:
        async with client.stream("POST", wanted["url"], **body) as answer:
            print("status", answer.status_code, flush=True)
            async for line in answer.aiter_lines():
                print("line", line, flush=True)
    print("end", flush=True)


try:
    asyncio.run(main())
except httpx.HTTPError as error:
    print("error", type(error).__name__, error, flush=True)
