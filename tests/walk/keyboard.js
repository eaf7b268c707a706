/* After a press of Tab (so that the ring is due): gives each control the focus in turn and says which show nothing. */
() => {
  const shown = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest("[hidden]");
  const can = "a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled]), summary";
  const faults = [], before = document.activeElement;
  [...document.querySelectorAll(can)].filter(shown).slice(0, 250).forEach((e) => {
    e.focus({preventScroll: true});
    if (document.activeElement !== e) { faults.push(["focus", `cannot be focused: ${e.outerHTML.slice(0, 120)}`]); return; }
    const pick = e.closest(".pick"), mark = e.namespaceURI.endsWith("svg") ? e.querySelector("path") : null;
    const styles = [e, pick].filter(Boolean).map((x) => getComputedStyle(x));
    const ring = mark ? parseFloat(getComputedStyle(mark).strokeWidth) >= 2
      : styles.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
    if (!ring) faults.push(["focus", `shows no ring: ${e.outerHTML.slice(0, 120)}`]);
  });
  if (before && before.focus) before.focus({preventScroll: true});
  return faults;
}
