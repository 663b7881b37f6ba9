// What a sandbox window loads: a page that starts one worker, and the worker, which runs a harness in Pyodide. A worker has no document,
// no dialogs and no navigation; what else of the browser Python could reach through Pyodide's `js` is taken away before it runs. Its only
// way out is a synchronous request to app.ts's process, which answers for this window alone (pyodide-window.ts).

export const page = `<!doctype html><meta charset="utf-8"><title>Sandbox</title><script type="module" src="/page.js"></script>`;

export const pageScript = `
const worker = new Worker("/worker.js", { type: "module" });
worker.onerror = ({ message }) => {
  const request = new XMLHttpRequest();
  request.open("POST", "/exit");
  request.send(JSON.stringify({ orderly: false, how: message }));
};
`;

/** Kept of the worker's globals, beside those of the language itself; Pyodide uses them while it runs. */
const kept = [
  ...["self", "performance", "crypto", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "queueMicrotask"],
  ...["TextEncoder", "TextDecoder", "URL", "AbortController", "AbortSignal", "Event", "EventTarget", "MessageChannel", "MessagePort"],
  ...["XMLHttpRequest", "structuredClone", "WebAssembly", "DOMException"],
];

export const workerScript = `
import { loadPyodide } from "/pyodide.mjs";

function ask(path, body) {
  const request = new XMLHttpRequest();
  request.open("POST", path, false);
  request.send(body);
  if (request.status !== 200) throw new Error("closed");
  return request.responseText;
}

const options = { indexURL: "/", env: { PYTHONHASHSEED: "0", HOME: "/tmp" } };
const { harness, memoryMiB } = JSON.parse(ask("/task", ""));
// Python started once, with what a harness imports, is what all later windows start from: in a quarter of the time.
if (harness === null) {
  const python = await loadPyodide({ ...options, _makeSnapshot: true });
  python.runPython("import json, os, sys");
  ask("/snapshot", python.makeMemorySnapshot());
  throw new Error("made");
}
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > memoryMiB * 2 ** 20) throw new RangeError("over the limit on memory");
  return grow.call(this, pages);
};
const image = await (await fetch("/snapshot")).arrayBuffer();
const python = await loadPyodide({ ...options, _loadSnapshot: new Uint8Array(image) });
for (const [set, path] of [["setStdout", "/print"], ["setStderr", "/complain"]])
  python[set]({ write: (bytes) => (ask(path, bytes.slice()), bytes.length) });
python.registerJsModule("headstart", { send: (line) => void ask("/send", line), receive: () => ask("/receive", "") });

const ofTheLanguage = /^(Object|Function|Array|Number|Boolean|String|Symbol|Date|Promise|RegExp|.*Error|JSON|Math|Intl|.*Array|ArrayBuffer|DataView|Map|Set|WeakMap|WeakSet|WeakRef|FinalizationRegistry|BigInt|Proxy|Reflect|Atomics|globalThis|NaN|Infinity|undefined|eval|isFinite|isNaN|parse(Float|Int)|(de|en)codeURI(Component)?|(un)?escape|constructor)$/;
const kept = ${JSON.stringify(kept)};
for (let place = globalThis; place && place !== Object.prototype; place = Object.getPrototypeOf(place))
  for (const name of Object.getOwnPropertyNames(place))
    if (!ofTheLanguage.test(name) && !kept.includes(name)) Reflect.deleteProperty(place, name);

globalThis.console = { log() {}, warn() {}, error() {}, info() {}, debug() {} };

let ending = { orderly: true, how: "" };
try {
  python.runPython(harness);
} catch (error) {
  ending = { orderly: false, how: String(error.message ?? error).trim().split("\\n").at(-1) };
}
try {
  python.runPython("import sys; sys.stdout.flush()");
} catch {
  // It was closed, or Python has ended.
}
ask("/exit", JSON.stringify(ending));
`;
