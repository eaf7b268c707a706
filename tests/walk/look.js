/* Looks at one page as it stands in the browser and says what is wrong with it, and what it says and counts.
   Called with {phone, first, least}: whether fingers use it, whether this is the first width, the least size in px of
   what a finger must hit. Returns {faults: [[check, what]], said: [[text, kind]], figures: […], sets: {…}, next, later}. */
(options) => {
  const faults = [], add = (check, what) => faults.push([check, String(what).replace(/\s+/g, " ").slice(0, 220)]);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const short = (e) => {
    const words = (e.getAttribute("aria-label") || e.innerText || e.value || e.name || "").trim().slice(0, 40);
    return `<${e.localName}${e.id ? "#" + e.id : ""}${e.className && e.className.baseVal === undefined ? "." + e.className.trim().replace(/\s+/g, ".") : ""}> ${words}`;
  };
  const clipped = new Set(all("thead").filter((e) => getComputedStyle(e).clipPath !== "none")); /* heads of tables on phones */
  const shown = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".vh, .skip, [hidden]") && !clipped.has(e.closest("thead"));
  const page = document.querySelector("main") || document.body;

  if (options.first) {
    /* What stands at the head of the page, and names that must be one of a kind. */
    if (!document.title.replace(/[·\s]|济民|Jimin/g, "")) add("title", `no title of its own: “${document.title}”`);
    const heads = all("h1");
    if (heads.length !== 1 || !heads[0].innerText.trim() && !heads[0].textContent.trim()) add("h1", `${heads.length} h1`);
    const ids = all("[id]").map((e) => e.id);
    [...new Set(ids.filter((id, n) => ids.indexOf(id) !== n))].forEach((id) => add("duplicate id", id));

    /* Links and buttons that lead nowhere. */
    const here = location.href.split("#")[0];
    all("a").forEach((e) => {
      const href = e.getAttribute("href");
      if (href === null || href === "" && !e.closest(".pager, th") || href === "#" || /^javascript:/i.test(href)) add("dead link", `${short(e)} href=${href}`);
      else if (href.startsWith("#") && href.length > 1 && !document.getElementById(decodeURIComponent(href.slice(1)))) add("dead link", `${short(e)} → ${href}, which is not on the page`);
      else if (e.matches(".btn") && e.href === here && !e.hasAttribute("aria-current") && !e.hash) add("dead link", `${short(e)} leads to the page it stands on`);
    });
    all("button, input[type=submit]").forEach((e) => {
      const known = e.matches("[data-print], [data-copy], [data-say], [hx-get], [hx-post]") || e.type === "button" && e.hasAttribute("data-does");
      if (!e.form && !known && e.type !== "button") add("dead button", `${short(e)} sends no form`);
    });
    all("[disabled], [aria-disabled=true]").filter((e) => e.localName !== "option" && e.localName !== "optgroup").forEach((e) => {
      if (!shown(e)) return;
      const by = (e.getAttribute("aria-describedby") || "").split(/\s+/).some((id) => id && document.getElementById(id));
      if (!by && !e.title) add("disabled without a reason", short(e));
    });
    all("input, select, textarea").filter((e) => e.type !== "hidden" && e.type !== "submit").forEach((e) => {
      const named = e.labels && [...e.labels].some((l) => l.textContent.trim()) || e.getAttribute("aria-label") || e.title ||
        (e.getAttribute("aria-labelledby") || "").split(/\s+/).some((id) => id && document.getElementById(id));
      if (!named) add("field without a label", short(e));
    });
    all("[tabindex]").filter((e) => Number(e.getAttribute("tabindex")) > 0).forEach((e) => add("focus order", `${short(e)} has tabindex ${e.getAttribute("tabindex")}`));
    all(".btn.pri").filter(shown).forEach((e) => { if (e.tabIndex < 0) add("focus order", `${short(e)} cannot be reached by Tab`); });
    all(".empty").filter(shown).forEach((e) => add("empty", (e.querySelector(".what") || e).innerText));
  }

  /* Sideways scroll, and what sticks out of the page. */
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over > 0) {
    const out = all("body *").filter((e) => shown(e) && e.getBoundingClientRect().right > root.clientWidth + 1);
    add("sideways scroll", `${over} px: ${out.slice(-2).map(short).join(" / ")}`);
  }

  /* What a finger must hit. */
  if (options.phone) all(".btn, .linkbtn, select, input, summary, .tabs a, .side li > a, .pager a, .pick, .tile").filter(shown).forEach((e) => {
    if (["hidden", "radio", "checkbox"].includes(e.type) || e.closest(".offline")) return;
    const box = e.getBoundingClientRect();
    if (box.height && box.height < options.least - 1) add("small target", `${short(e)}: ${Math.round(box.height)} px high`);
  });

  /* Text that is cut off, and text over text. */
  all("body *").forEach((e) => {
    if (e.closest("svg, .vh, .sprite") || !shown(e)) return;
    const style = getComputedStyle(e);
    if (/hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && e.innerText.trim()) add("cut off", short(e));
    if (/hidden|clip/.test(style.overflowY) && e.scrollHeight > e.clientHeight + 2 && e.clientHeight > 1 && e.innerText.trim()) add("cut off", short(e));
    if (e.localName === "select" && !e.multiple && e.selectedOptions[0] && e.clientWidth > 30) {
      const ruler = document.createElement("canvas").getContext("2d");
      ruler.font = style.font;
      if (ruler.measureText(e.selectedOptions[0].text.trim()).width > e.clientWidth - 18 && options.first) add("cut off", `chosen: ${e.selectedOptions[0].text.trim()} in ${short(e).slice(0, 60)}`);
    }
  });
  const words = [];
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && words.length < 700; node = walker.nextNode()) {
    if (!node.data.trim() || node.parentElement.closest("svg, .vh, .over, option, select, textarea") || !shown(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.width > 3 && box.height > 3) words.push([box, node]);
  }
  for (let i = 0; i < words.length; i++) for (let j = i + 1; j < Math.min(words.length, i + 60); j++) {
    const [a, m] = words[i], [b, n] = words[j];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (m !== n && wide > 4 && high > 0.5 * Math.min(a.height, b.height)) add("text over text", `“${m.data.trim().slice(0, 30)}” and “${n.data.trim().slice(0, 30)}”`);
  }

  /* What the page says. "zh" and "en" are marked as being in that language; "code" is typed as it stands. */
  const said = [], kind = (e) => e.closest("code, kbd, samp, pre") ? "code" : (e.closest("[lang]") || root).lang;
  const say = (text, e) => { text = text.replace(/\s+/g, " ").trim(); if (text) said.push([text, kind(e)]); };
  if (options.first) {
    const body = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = body.nextNode(); node; node = body.nextNode())
      if (!node.parentElement.closest("script, style, textarea, .sprite")) say(node.data, node.parentElement);
    say(document.title, document.head);
    all("body *").forEach((e) => ["aria-label", "alt", "data-h", "label", "placeholder", "title", "data-done", "data-stop"].forEach((name) => e.hasAttribute(name) && say(e.getAttribute(name), e)));
  }

  /* What it counts: [data-figure] is a number with what stands behind it; [data-rows] holds the parts that make it up. */
  const figures = all("[data-figure]").map((e) => {
    const link = e.closest("a[href]") || e.querySelector("a[href]");
    return {shown: e.dataset.figure, text: e.textContent, rows: e.dataset.behind || "rows", href: link && !e.hasAttribute("data-here") ? link.href : "", what: short(e)};
  });
  const sets = {};
  all("[data-rows]").forEach((e) => {
    const set = sets[e.dataset.rows] = sets[e.dataset.rows] || {parts: [], more: 0};
    const parts = all("[data-part]", e).filter((p) => p.closest("[data-rows]") === e);
    set.parts.push(...parts.map((p) => p.dataset.part === "" ? "1" : p.dataset.part));
    set.more += Number(e.dataset.more || 0);
  });
  const next = document.querySelector(".pager a[rel=next]");
  return {faults, said, figures, sets, next: next ? next.href : "", later: Boolean(document.querySelector(".pager a[rel=prev]"))};
}
