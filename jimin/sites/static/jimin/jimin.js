/* 济民 Jimin — what a page gains with JavaScript. Every page works without this file.
   live re-fetch · menu · copy · print · read aloud · unsaved forms · one submit at a time · offline line */
(function () {
  "use strict";
  var doc = document, one = function (s, r) { return (r || doc).querySelector(s); };
  var all = function (s, r) { return Array.prototype.slice.call((r || doc).querySelectorAll(s)); };

  /* The CSRF token goes with every htmx request; a failed one says so instead of leaving the page as it was. */
  doc.addEventListener("htmx:configRequest", function (e) {
    var m = doc.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (m) e.detail.headers["X-CSRFToken"] = decodeURIComponent(m[1]);
    var why = e.detail.triggeringEvent; /* news fetched by the page itself is no use of it */
    if (why && why.type === "live") e.detail.headers["X-Jimin-Unasked"] = "1"; else used();
  });
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach(function (name) {
    doc.addEventListener(name, function () { line("failed", true); });
  });
  doc.addEventListener("htmx:afterOnLoad", function () { line("failed", false); });

  function line(which, show) {
    var bar = one("#offline");
    if (!bar) return;
    bar.textContent = bar.getAttribute("data-" + which) || "";
    bar.hidden = !show;
  }
  function network() { line("offline", navigator.onLine === false); }
  window.addEventListener("online", network);
  window.addEventListener("offline", network);
  network();

  /* Live: the stream carries a topic and an id, never content. Blocks marked data-live="topic …" with
     hx-trigger="live" fetch themselves again; "planning" also takes "planning.report.filed". No topic, and a mended
     connection, mean every block, for something may have been missed. A token opens one stream, so each new one asks
     again; the browser's own retries use the old token and end in a refusal, which brings us back here. */
  var CALM = 3000, last = 0, timer = 0, topics = [];
  function live(topic) { /* the first at once, a burst of others together a little later */
    topics.push(topic);
    if (!timer) timer = setTimeout(tell, Math.max(0, last + CALM - Date.now()));
  }
  function tell() {
    var now = topics;
    topics = []; timer = 0; last = Date.now();
    all("[data-live]").forEach(function (el) {
      var mine = el.getAttribute("data-live").split(/\s+/);
      var hit = now.some(function (t) {
        return !t || mine.some(function (m) { return t === m || t.indexOf(m + ".") === 0; });
      });
      if (hit) el.dispatchEvent(new CustomEvent("live", {bubbles: false}));
    });
  }
  var address = one('meta[name="jimin-live"]'), stream = null, broken = false, wait = 2000, LONGEST = 60000;
  if (address && window.EventSource && window.fetch && one("[data-live]")) {
    connect();
    window.addEventListener("pagehide", function () { if (stream) stream.close(); });
    window.addEventListener("pageshow", function (e) { if (e.persisted) { broken = true; connect(); } });
  }
  function connect() {
    fetch(address.content, {credentials: "same-origin", headers: {"X-Jimin-Unasked": "1"}}).then(function (r) {
      if (!r.ok) throw r.status;
      return r.json();
    }).then(function (a) { listen(a.url); }).catch(reconnect);
  }
  function listen(url) {
    stream = new EventSource(url);
    stream.onmessage = function (e) {
      try { live(JSON.parse(e.data).topic); } catch (bad) { live(""); }
    };
    stream.onopen = function () { wait = 2000; if (broken) live(""); broken = false; };
    stream.onerror = function () { broken = true; if (stream.readyState === 2) reconnect(); };
  }
  function reconnect() {
    broken = true;
    setTimeout(connect, wait);
    if (wait >= LONGEST) live(""); /* without a stream: look once a minute */
    wait = Math.min(wait * 2, LONGEST);
  }

  /* Idle: shortly before the sign-in runs out the page asks; afterwards it covers itself. Every open page of the sign-in
     counts as use, so the time of the last one is kept where all of them see it. A form with typed text is sent to the
     server when signing in again: there it is kept, sealed, and can be sent on after the sign-in. */
  var idle = one("dialog#idle"), USED = "jimin-used", until = 0, over = false;
  function used() {
    if (!idle || over) return;
    until = Date.now() + Number(idle.getAttribute("data-left")) * 1000;
    try { localStorage.setItem(USED, String(until)); } catch (full) { /* this page alone knows then */ }
    if (idle.open) idle.close();
  }
  function latest() {
    try { return Math.max(until, Number(localStorage.getItem(USED)) || 0); } catch (none) { return until; }
  }
  function watch() {
    var left = latest() - Date.now(), warn = Number(idle.getAttribute("data-warn")) * 1000;
    if (left <= 0) end();
    else if (left <= warn) { if (!idle.open) idle.showModal(); }
    else if (idle.open) idle.close();
  }
  function end() {
    over = true;
    idle.classList.add("over");
    all("[data-idle]", idle).forEach(function (el) { el.hidden = el.getAttribute("data-idle") !== "over"; });
    if (!idle.open) idle.showModal();
    one("[data-again]", idle).focus();
  }
  function again_in() {
    var form = dirty && one("form[data-guard]");
    if (form) { dirty = false; form.noValidate = true; form.submit(); return; }
    location.href = idle.getAttribute("data-signin") + "?expired=idle&next=" + encodeURIComponent(location.pathname + location.search);
  }
  if (idle && idle.showModal) {
    used();
    setInterval(function () { if (!over) watch(); }, 1000);
    idle.addEventListener("cancel", function (e) { e.preventDefault(); if (!over) stay(); });
    one("[data-stay]", idle).addEventListener("click", stay);
    one("[data-again]", idle).addEventListener("click", again_in);
  }
  function stay() {
    fetch(idle.getAttribute("data-here"), {credentials: "same-origin", redirect: "manual"}).then(function (r) {
      if (r.ok) used(); else end();
    }).catch(function () { line("offline", true); });
  }

  /* Menu on a phone: a link to #menu opens it (no script needed); Escape and a tap on the page close it. */
  doc.addEventListener("keydown", function (e) {
    if (e.key !== "Escape") return;
    all("details.drop[open]").forEach(function (d) { d.open = false; one("summary", d).focus(); });
    ["#menu", "#filters"].forEach(function (id) { /* opened by a link to it; the link takes the focus back */
      if (location.hash !== id) return;
      location.hash = "m";
      var opener = one('a.only-s[href="' + id + '"], .top a[href="' + id + '"]');
      if (opener) opener.focus();
    });
  });
  doc.addEventListener("click", function (e) {
    all("details.drop[open]").forEach(function (d) { if (!d.contains(e.target)) d.open = false; });
  });
  window.addEventListener("hashchange", function () {
    if (location.hash === "#menu") { var first = one("#menu .close"); if (first) first.focus(); }
  });

  /* The error summary takes focus. */
  var first = one("[data-focus]");
  if (first) first.focus();

  /* Buttons that need a browser's help are shown only when it can. */
  all("[data-print]").forEach(function (b) { b.hidden = false; b.addEventListener("click", function () { window.print(); }); });
  if (navigator.clipboard) {
    all("[data-copy]").forEach(function (b) {
      var before = b.textContent;
      b.hidden = false;
      b.addEventListener("click", function () {
        var source = one(b.getAttribute("data-copy"));
        if (!source) return;
        navigator.clipboard.writeText(source.value || source.textContent.trim()).then(function () {
          b.textContent = b.getAttribute("data-done");
          setTimeout(function () { b.textContent = before; }, 2500);
        });
      });
    });
  }

  /* 念给我听: verdict, amount, date, what to do, in the order the page numbers them. */
  var voice = window.speechSynthesis, texts = all("[data-read]");
  if (voice && window.SpeechSynthesisUtterance && texts.length) {
    texts.sort(function (a, b) { return Number(a.getAttribute("data-read")) - Number(b.getAttribute("data-read")); });
    all("[data-say]").forEach(function (b) {
      var word = one("span", b), start = word.textContent, speaking = false;
      function end() { speaking = false; word.textContent = start; b.removeAttribute("aria-pressed"); }
      b.hidden = false;
      b.addEventListener("click", function () {
        voice.cancel();
        if (speaking) { end(); return; }
        speaking = true;
        word.textContent = b.getAttribute("data-stop");
        b.setAttribute("aria-pressed", "true");
        texts.forEach(function (el, i) {
          var u = new SpeechSynthesisUtterance(el.innerText);
          u.lang = doc.documentElement.lang === "en" ? "en" : "zh-CN";
          u.rate = 0.9;
          if (i === texts.length - 1) u.onend = end;
          u.onerror = end;
          voice.speak(u);
        });
      });
    });
    window.addEventListener("pagehide", function () { voice.cancel(); });
  }

  /* Forms: warn before typed text is lost (data-guard); send once, but never lock somebody out of trying again. */
  var dirty = false, WAIT = 8000;
  doc.addEventListener("input", function (e) { if (e.target.closest && e.target.closest("form[data-guard]")) dirty = true; });
  window.addEventListener("beforeunload", function (e) { if (dirty) { e.preventDefault(); e.returnValue = ""; } });
  doc.addEventListener("submit", function (e) {
    var form = e.target, now = Date.now();
    if (form.method !== "post" || e.defaultPrevented) return;
    if (now - Number(form.getAttribute("data-sent") || 0) < WAIT) { e.preventDefault(); return; }
    dirty = false;
    form.setAttribute("data-sent", String(now));
    if (e.submitter) e.submitter.setAttribute("aria-busy", "true");
    setTimeout(function () { again(form); }, WAIT);
  });
  function again(form) {
    form.removeAttribute("data-sent");
    all("[aria-busy]", form).forEach(function (b) { b.removeAttribute("aria-busy"); });
  }
  window.addEventListener("pageshow", function () { all("form[data-sent]").forEach(again); }); /* back from the next page */

  /* A page that cannot be fetched says so itself. */
  if (navigator.serviceWorker && window.isSecureContext) navigator.serviceWorker.register("/sw.js").catch(function () {});
})();
