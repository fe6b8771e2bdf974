// SPDX-License-Identifier: GPL-2.0-only
// Zoom and search for the SVG flame graph. A frame's place is told by its data attributes in parts of the whole
// width; zooming maps one frame's part to the full width and leaves out what lies outside.
(function () {
  "use strict";
  var svg = document.querySelector("svg");  // the whole document, or the only one in a page
  var full = svg.viewBox.baseVal.width, margin = 10, inner = full - 2 * margin, letter = 7.1;
  var frames = Array.prototype.map.call(document.querySelectorAll("g.f"), function (g) {
    return { g: g, x: +g.dataset.x, w: +g.dataset.w, d: +g.dataset.d, name: g.dataset.n,
             rect: g.querySelector("rect"), text: g.querySelector("text"), title: g.querySelector("title") };
  });
  var details = document.getElementById("details"), matched = document.getElementById("matched");
  var tiny = 1e-9;

  function label(name, width) {
    var cells = Math.floor((width - 6) / letter), letters = Array.from(name);
    if (cells < 3) return "";
    return letters.length <= cells ? name : letters.slice(0, cells - 2).join("") + "..";
  }

  function place(frame, x, w, faded) {
    var left = margin + x * inner, width = w * inner;
    frame.g.style.display = width < 0.1 ? "none" : "";
    frame.g.classList.toggle("parent", faded);
    frame.rect.setAttribute("x", left);
    frame.rect.setAttribute("width", Math.max(width - 0.5, 0.1));
    frame.text.setAttribute("x", left + 3);
    frame.text.textContent = label(frame.name, width);
  }

  function zoom(to) {
    frames.forEach(function (frame) {
      var inside = frame.x >= to.x - tiny && frame.x + frame.w <= to.x + to.w + tiny;
      var around = frame.x <= to.x + tiny && frame.x + frame.w >= to.x + to.w - tiny;
      if (frame.d < to.d && around) place(frame, 0, 1, true);
      else if (frame.d >= to.d && inside) place(frame, (frame.x - to.x) / to.w, frame.w / to.w, false);
      else frame.g.style.display = "none";
    });
    document.getElementById("reset").textContent = to.w < 1 - tiny ? "reset zoom" : "";
  }

  function reset() { zoom({ x: 0, w: 1, d: 0 }); }

  // The part of the width that found frames cover; what stands on top of a found frame is covered already.
  function covered(found) {
    var end = -1, sum = 0;
    found.slice().sort(function (a, b) { return a.x - b.x || b.w - a.w; }).forEach(function (frame) {
      if (frame.x >= end - tiny) { sum += frame.w; end = frame.x + frame.w; }
    });
    return sum;
  }

  function search(words) {
    var pattern = null;
    if (words) {
      try { pattern = new RegExp(words); } catch (e) { pattern = { test: function (s) { return s.indexOf(words) >= 0; } }; }
    }
    var found = frames.filter(function (frame) {
      var hit = pattern !== null && pattern.test(frame.name);
      frame.g.classList.toggle("found", hit);
      return hit;
    });
    matched.textContent = pattern ? "matched: " + (100 * covered(found)).toFixed(2) + "%" : "";
  }

  function ask() {
    var words = window.prompt("search (a regular expression)", "");
    if (words !== null) search(words);
  }

  function activate(node) {
    if (node.id === "reset") return reset();
    if (node.id === "search") return ask();
    var frame = frames.find(function (f) { return f.g === node; });
    if (frame) zoom(frame);
  }

  function target(event) { return event.target.closest ? event.target.closest("g.f, .button") : null; }

  svg.addEventListener("click", function (event) { var node = target(event); if (node) activate(node); });
  svg.addEventListener("keydown", function (event) {
    var node = target(event);
    if (event.key === "Enter" && node) activate(node);
    else if (event.key === "Escape") { search(""); reset(); }
    else if (event.key === "/" || (event.key === "f" && event.ctrlKey)) ask();
    else return;
    event.preventDefault();
  });
  function tell(event) {
    var node = target(event), frame = node && frames.find(function (f) { return f.g === node; });
    details.textContent = frame ? frame.title.textContent : "";
  }
  svg.addEventListener("mouseover", tell);
  svg.addEventListener("focusin", tell);
  document.getElementById("reset").textContent = "";
})();
