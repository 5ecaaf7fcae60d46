#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at a page in headless Chromium: at 360 and at 1200 pixels, in light and in dark.

report_browser.py URL [--live] [--shots FOLDER]      exit code 77: there is no Chromium that starts

Each time there must be no message on the console, nothing that is fetched but the page itself, no scrolling sideways, and ink that
stands out from its ground; the axes of the plots can be chosen. --live: the page brings itself up to date without being loaded
again. --shots: screenshots go there."""
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe"]
LIMIT = 120  # seconds for an answer: the machine may be busy


class Browser:
    """Chromium, spoken to by the DevTools protocol over two pipes, which it expects as descriptors 3 and 4."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="spikeroll-browser-")
        to_browser, self.out = os.pipe()
        self.inp, from_browser = os.pipe()

        def wire():
            first, second = os.dup(to_browser), os.dup(from_browser)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen([program, *FLAGS, "--user-data-dir=" + self.profile], preexec_fn=wire, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.number, self.events, self.session = b"", 0, [], None

    def receive(self, seconds):
        end = time.monotonic() + seconds
        while b"\0" not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.inp], [], [], left)[0]:
                return None
            piece = os.read(self.inp, 1 << 16)
            if not piece:
                raise ConnectionError("the browser has gone")
            self.rest += piece
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive(LIMIT)
            if answer is None:
                raise TimeoutError(method)
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer)
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, (expression, result)
        return result["result"].get("value")

    def wait(self, event):
        end = time.monotonic() + LIMIT
        while not any(e.get("method") == event for e in self.events):
            answer = self.receive(end - time.monotonic())
            if answer is None:
                raise TimeoutError(event)
            self.events.append(answer)

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def complaints(events, url):
    """What the console said, and what was fetched beside the page."""
    found = []
    for event in events:
        method, what = event.get("method"), event.get("params", {})
        if method == "Log.entryAdded" and what["entry"]["level"] in ("warning", "error"):
            found.append(what["entry"]["text"])
        if method == "Runtime.exceptionThrown" or method == "Runtime.consoleAPICalled":
            found.append(json.dumps(what)[:200])
        if method == "Network.requestWillBeSent":
            fetched = what["request"]["url"]
            if not fetched.startswith("data:") and fetched != url and not (LIVE and fetched == url + "watch.js"):
                found.append("fetched " + fetched)
    return found


WIDER = """(() => { const room = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll") && !e.closest("svg") &&
    e.getBoundingClientRect().right > room + 0.5).slice(0, 3).map(e => e.tagName + "." + e.className); })()"""
LIGHT = """(() => { const light = c => { const v = c.match(/[0-9.]+/g).slice(0, 3).map(x => { x /= 255;
    return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; }); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const style = getComputedStyle(document.body), ground = light(style.backgroundColor);
  const card = light(getComputedStyle(document.querySelector(".card")).backgroundColor);
  const soft = light(getComputedStyle(document.querySelector(".note")).color);
  return [ground, ratio(ground, light(style.color)), Math.min(ratio(card, soft), ratio(ground, soft))]; })()"""


def look(browser, url, width, scheme, shots):
    browser.events.clear()
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Page.navigate", url=url)
    browser.wait("Page.loadEventFired")
    room, wide = browser.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    assert room == width and wide <= width, f"{wide} pixels wide in a window of {room}: {browser.evaluate(WIDER)}"
    assert browser.evaluate(WIDER) == [], browser.evaluate(WIDER)
    ground, ink, soft = browser.evaluate(LIGHT)
    assert (ground < 0.1) if scheme == "dark" else (ground > 0.8), ground
    assert ink > 7 and soft > 4.5, f"contrast {ink:.1f} and {soft:.1f}"
    for axis in ("evaluations", "cycles", "seconds", "samples"):
        shown = browser.evaluate(f"document.querySelector('label[for=axis-{axis}]').click(); "
                                 "[...document.querySelectorAll('.axis')].filter(e => e.offsetHeight > 0).map(e => e.id)")
        assert shown == ["over-" + axis], shown
    broken = browser.evaluate("[...document.images].filter(i => !i.complete || !i.naturalWidth).length")
    assert broken == 0, f"{broken} images cannot be shown"
    if shots:
        size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], 8000), "scale": 1}
        data = browser.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
        with open(os.path.join(shots, f"{width}-{scheme}.png"), "wb") as file:
            file.write(base64.b64decode(data))
    bad = complaints(browser.events, url)
    assert not bad, bad


def watch(browser):
    """The generations that the page tells go up, the chosen axis stays, and the page is the same document."""
    tell = "[...document.querySelectorAll('.card dt')].find(e => e.textContent === 'generations')?.nextSibling.textContent"
    browser.evaluate("window.mark = 1; document.querySelector('label[for=axis-seconds]').click()")
    before, end = browser.evaluate(tell), time.monotonic() + LIMIT
    while browser.evaluate(tell) == before:
        assert time.monotonic() < end, "the page stays as it is"
        time.sleep(0.5)
    assert browser.evaluate("window.mark === 1 && document.getElementById('axis-seconds').checked"), "the page was loaded anew"


LIVE = "--live" in sys.argv


def main():
    url = sys.argv[1]
    shots = sys.argv[sys.argv.index("--shots") + 1] if "--shots" in sys.argv else None
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        print("no Chromium here (Debian: chromium)")
        return 77
    browser = Browser(program)
    try:
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime", "Network"):
            browser.call(domain + ".enable")
        if not LIVE:
            for width in (360, 1200):
                for scheme in ("light", "dark"):
                    look(browser, url, width, scheme, shots)
        else:
            look(browser, url, 360, "dark", shots)
            watch(browser)
    except ConnectionError as reason:
        if browser.session:
            raise
        print(f"Chromium does not start here: {reason}")
        return 77
    finally:
        browser.close()
    return 0


sys.exit(main())
