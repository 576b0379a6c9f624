(() => {
  "use strict";
  const svg = document.querySelector("svg");
  const boxes = [];
  const layer = svg.getElementById("frames");
  const details = svg.getElementById("details"), matched = svg.getElementById("matched");
  const find = document.getElementById("find"), reset = document.getElementById("reset");
  const page = svg.getElementById("page"), tools = svg.getElementById("tools"), strip = svg.getElementById("strip");
  const SVG = "http://www.w3.org/2000/svg";
  let width = flame.width, from = 0, to = flame.total, zoomed = null, current = null, charWidth = 7.2;

  // The frames stand in the file as they do in the table: row by row, from the left.
  const rows = layer.children;
  let at = 0;
  for (let depth = 0; depth < rows.length; depth++) {
    for (const element of rows[depth].children) {
      const [name, start, total, self, before] = flame.frames.slice(at, at + flame.columns);
      at += flame.columns;
      const box = { element, depth, name: flame.names[name], start, end: start + total, total, self, before, rect: element.querySelector("rect"), text: element.querySelector("text") };
      element.box = box;
      boxes.push(box);
    }
  }

  const percent = share => (100 * share).toFixed(2) + " %";

  const amount = value => {
    if (flame.unit !== "ns")
      return value.toLocaleString("en-US") + " " + flame.unit;
    for (const [size, unit] of [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]]) {
      if (value >= size)
        return (value / size).toPrecision(4) + " " + unit;
    }
    return value + " ns";
  };

  const describe = box => {
    let text = `${box.name} — ${amount(box.total)}, ${percent(box.total / flame.total)}`;
    if (box.self && box.self !== box.total)
      text += `; itself ${percent(box.self / flame.total)}`;
    if (zoomed && box.start >= from && box.end <= to)
      text += `; ${percent(box.total / (to - from))} of what is shown`;
    if (flame.columns > 4) {
      const change = 100 * (box.total / flame.total - box.before / flame.totalBefore);
      text += `; ${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(2)} points`;
    }
    return text;
  };

  const show = box => { details.textContent = box ? describe(box) : ""; };

  const fit = (box, room) => {
    const count = Math.floor((room - 7) / charWidth);
    if (count < 3) {
      if (box.text)
        box.text.textContent = "";
      return;
    }
    if (!box.text) {
      box.text = document.createElementNS(SVG, "text");
      box.text.setAttribute("y", 13);
      box.element.append(box.text);
    }
    box.text.textContent = box.name.length <= count ? box.name : box.name.slice(0, count - 1) + "…";
  };

  const layout = () => {
    const left = flame.margin, room = width - 2 * left, scale = room / (to - from);
    for (const box of boxes) {
      const isAbove = box.start <= from && box.end >= to && zoomed && box.depth < zoomed.depth;
      const start = Math.max(box.start, from), end = Math.min(box.end, to);
      const w = (end - start) * scale;
      const isShown = isAbove || (w > 0.05 && (!zoomed || box.depth >= zoomed.depth));
      box.element.style.display = isShown ? "" : "none";
      if (!isShown)
        continue;
      const x = left + (start - from) * scale;
      box.rect.setAttribute("x", x.toFixed(2));
      box.rect.setAttribute("width", w.toFixed(2));
      box.element.classList.toggle("above", !!isAbove);
      fit(box, w);
      if (box.text)
        box.text.setAttribute("x", (x + 4).toFixed(2));
    }
    reset.disabled = !zoomed;
  };

  const zoom = box => {
    zoomed = box && box.depth > 0 ? box : null;
    [from, to] = zoomed ? [box.start, box.end] : [0, flame.total];
    layout();
    show(box);
  };

  // Frames inside others that were found already add nothing to the share.
  const search = words => {
    let pattern = null;
    if (words) {
      try {
        pattern = new RegExp(words, "i");
      } catch {
        pattern = new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
      }
    }
    const found = [];
    let count = 0;
    for (const box of boxes) {
      const isHit = pattern !== null && box.depth > 0 && pattern.test(box.name);
      box.element.classList.toggle("hit", isHit);
      if (isHit) {
        found.push(box);
        count++;
      }
    }
    found.sort((a, b) => a.start - b.start || b.end - a.end);
    let sum = 0, last = 0;
    for (const box of found) {
      sum += Math.max(0, box.end - Math.max(box.start, last));
      last = Math.max(last, box.end);
    }
    layer.classList.toggle("searching", pattern !== null);
    matched.textContent = pattern === null ? "" : `${percent(sum / flame.total)} in ${count.toLocaleString("en-US")} frames`;
  };

  const focus = box => {
    if (!box)
      return;
    current?.element.removeAttribute("tabindex");
    current = box;
    box.element.setAttribute("tabindex", "0");
    box.element.setAttribute("role", "button");
    box.element.setAttribute("aria-label", describe(box));
  };

  const isVisible = box => box.element.style.display !== "none";

  const neighbour = (box, key) => {
    const outward = flame.icicle ? "ArrowUp" : "ArrowDown", inward = flame.icicle ? "ArrowDown" : "ArrowUp";
    const row = boxes.filter(b => isVisible(b) && b.depth === box.depth + (key === inward ? 1 : key === outward ? -1 : 0));
    if (key === outward)
      return row.find(b => b.start <= box.start && b.end >= box.end);
    if (key === inward)
      return row.filter(b => b.start >= box.start && b.end <= box.end).sort((a, b) => b.total - a.total)[0];
    return row[row.indexOf(box) + (key === "ArrowRight" ? 1 : -1)];
  };

  const boxOf = event => event.target.closest?.(".f")?.box;
  const openSearch = () => { find.focus(); find.select(); };
  const closeSearch = () => { find.value = ""; search(""); find.blur(); };

  layer.addEventListener("click", event => { const box = boxOf(event); if (box) { focus(box); zoom(box); } });
  layer.addEventListener("mouseover", event => {
    const box = boxOf(event);
    show(box);
    if (box && !box.element.querySelector("title")) {
      const title = document.createElementNS(SVG, "title");
      title.textContent = describe(box);
      box.element.prepend(title);
    }
  });
  layer.addEventListener("mouseout", () => show(null));
  // Not at the layer: a listener for focus makes an element of SVG one that is gone to by Tab.
  window.addEventListener("focusin", event => show(boxOf(event)));
  reset.addEventListener("click", () => zoom(null));
  find.addEventListener("input", () => search(find.value));

  window.addEventListener("keydown", event => {
    if ((event.key === "/" && document.activeElement !== find) || (event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      openSearch();
    } else if (event.key === "Escape") {
      if (find.value || document.activeElement === find)
        closeSearch();
      else
        zoom(null);
    } else if (document.activeElement?.box) {
      const box = document.activeElement.box;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        zoom(box);
      } else if (event.key.startsWith("Arrow")) {
        event.preventDefault();
        const next = neighbour(box, event.key);
        if (next) {
          focus(next);
          next.element.focus();
        }
      }
    }
  });

  // A picture higher than the window: the search and the details stay in sight.
  const follow = () => {
    if (document.documentElement !== svg)
      return;
    const top = Math.max(0, Math.min(window.scrollY, flame.height - window.innerHeight)), bottom = Math.min(flame.height, top + window.innerHeight);
    tools.setAttribute("y", top + 11);
    matched.setAttribute("y", top + 58);
    details.setAttribute("y", bottom - 15);
    strip.setAttribute("y", bottom - 34);
  };

  const resize = () => {
    if (!flame.fluid || document.documentElement !== svg)
      return;
    // As wide as the window without its scroll bar.
    svg.style.width = "100%";
    width = Math.max(320, Math.floor(svg.getBoundingClientRect().width));
    svg.setAttribute("viewBox", `0 0 ${width} ${flame.height}`);
    page.setAttribute("width", width);
    strip.setAttribute("width", width);
    tools.setAttribute("x", width - flame.margin - 330);
    matched.setAttribute("x", width - flame.margin);
    layout();
  };
  window.addEventListener("resize", () => { resize(); follow(); });
  window.addEventListener("scroll", () => follow());

  const probe = layer.querySelector("text");
  if (probe?.textContent)
    charWidth = probe.getComputedTextLength() / probe.textContent.length || charWidth;
  svg.classList.add("live");
  focus(boxes[0]);
  resize();
  layout();
  // Where the root is: a deep stack would show nothing but its tip.
  if (document.documentElement === svg && !flame.icicle)
    window.scrollTo(0, flame.height);
  follow();
})();
