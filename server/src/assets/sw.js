// Parlour's service worker: the page opens without a connection, and a new version of it takes over
// when its reader says so.
//
// This is the only JavaScript of Parlour's own, because browsers take a service worker in no other
// form. The server fills in the three values below when it starts.

/** Names everything that the page is made of; another version is another worker. */
const VERSION = "@VERSION@";
/** What the page needs to start, kept from the beginning. */
const SHELL = ["@SHELL@"];
/** What it may ask for later, kept from the first time on. */
const LATER = ["@LATER@"];

const PREFIX = "parlour-page-";
const CACHE = PREFIX + VERSION;
/** How long a page that could be opened from here waits for the server, in milliseconds. */
const PATIENCE = 3000;

const kept = new Set([...SHELL, ...LATER]);

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => {
  switch (event.data?.type) {
    case "skip-waiting":
      self.skipWaiting();
      break;
    case "version":
      event.source?.postMessage({ type: "version", version: VERSION });
      break;
  }
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isPage(url)) event.respondWith(page(request));
  } else if (kept.has(url.pathname) && !request.headers.has("range")) {
    event.respondWith(file(url.pathname));
  }
  // Everything else is between the page and the server: the chat, and what people sent.
});

/** The shell, all of it or nothing. */
async function fill() {
  const cache = await caches.open(CACHE);
  await Promise.all(SHELL.map(async (path) => {
    const answer = await fetch(path);
    // A sign-in page of something in front of the server is not the page.
    if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
    await cache.put(path, answer);
  }));
}

/** Other versions go, and pages that are open are served from here on. */
async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** What a notification tells of: in a page that is open, or in a new one. */
async function open(path) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find(({ frameType }) => frameType === "top-level");
  if (!page) return self.clients.openWindow(path);
  page.postMessage({ type: "open", path });
  return page.focus();
}

/**
 * Whether this is the address of the page. Which other sites may show it in a frame, only the server
 * can say: an embedded page is never from here.
 */
function isPage(url) {
  const isRoom = url.pathname.startsWith("/r/");
  return (url.pathname === "/" || isRoom) && !url.searchParams.has("embed");
}

/** The server's page; the one that is kept if the server is away, or late. */
async function page(request) {
  const shell = await (await caches.open(CACHE)).match("/");
  const answer = fetch(request);
  if (!shell) return answer;
  return Promise.race([
    answer.then((answer) => (answer.status < 500 ? answer : shell), () => shell),
    new Promise((resolve) => setTimeout(resolve, PATIENCE, shell)),
  ]);
}

/** A file of this version of the page: the one that is kept, or the server's, which then is. */
async function file(path) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path);
  if (found) return found;
  // Not the page's own request, which ends with the page: the file is kept for others.
  const answer = await fetch(path);
  if (answer.ok && !answer.redirected) await cache.put(path, answer.clone());
  return answer;
}
