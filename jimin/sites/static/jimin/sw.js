/* Shows /offline/ when a page cannot be fetched. Keeps nothing else: pages hold personal data. */
"use strict";
var SHELF = "offline-1", KEPT = ["/offline/", "/static/jimin/jimin.css", "/static/jimin/icon.svg"];
self.addEventListener("install", function (e) {
  e.waitUntil(caches.open(SHELF).then(function (shelf) { return shelf.addAll(KEPT); }).then(function () { return self.skipWaiting(); }));
});
self.addEventListener("activate", function (e) {
  e.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (n) { return n !== SHELF; }).map(function (n) { return caches.delete(n); }));
  }));
});
self.addEventListener("fetch", function (e) {
  var kept = KEPT.indexOf(new URL(e.request.url).pathname) > 0;
  if (e.request.mode !== "navigate" && !kept) return;
  if (e.request.method !== "GET" && e.request.cache !== "default") return; /* back to a page that a form had brought: the browser has it */
  e.respondWith(fetch(e.request).catch(function () {
    return caches.match(kept ? new URL(e.request.url).pathname : "/offline/").then(function (page) { return page || Response.error(); });
  }));
});
