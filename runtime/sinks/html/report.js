// SPDX-License-Identifier: GPL-2.0-only
// The report's page, built from the JSON in it. Text only ever enters the page as text (textContent), so no name can
// become markup. Nothing is loaded and nothing is sent.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var main = document.querySelector("main");
  var svgSpace = "http://www.w3.org/2000/svg";

  function element(parent, tag, text, attributes) {
    var node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    for (var name in attributes || {}) node.setAttribute(name, attributes[name]);
    if (parent) parent.appendChild(node);
    return node;
  }

  // Numbers beyond 2^53 come as text, so that no digit is lost.
  function amount(number, unit) {
    if (unit !== "ns") return String(number) + (unit === "bytes" ? " B" : "");
    var n = Number(number), size = Math.abs(n);
    var scale = size >= 1e9 ? [1e9, "s"] : size >= 1e6 ? [1e6, "ms"] : size >= 1e3 ? [1e3, "us"] : [1, "ns"];
    return (scale[0] === 1 ? String(number) : (n / scale[0]).toPrecision(4)) + scale[1];
  }

  function interval(bucket, unit) {
    if (bucket.low === undefined) return "\u2264 " + amount(bucket.high, unit);
    if (bucket.high === undefined) return "\u2265 " + amount(bucket.low, unit);
    return bucket.low === bucket.high ? amount(bucket.low, unit) : amount(bucket.low, unit) + " \u2013 " + amount(bucket.high, unit);
  }

  // ---- tables

  function compare(a, b) {
    var x = Number(a), y = Number(b);
    if (!isNaN(x) && !isNaN(y)) return x - y;
    return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  }

  var pageRows = 1000;

  // columns: [{title, number}], rows: arrays of {text, sort}
  function table(parent, columns, rows, draw) {
    var tools = element(parent, "div", null, { class: "tools" });
    var filter = element(tools, "input", null, { type: "search", placeholder: "filter", "aria-label": "filter rows" });
    var state = element(tools, "output");
    var scroll = element(parent, "div", null, { class: "scroll", tabindex: "0", role: "region", "aria-label": "table" });
    var node = element(scroll, "table"), head = element(element(node, "thead"), "tr"), body = element(node, "tbody");
    var more = element(parent, "button", "show all", { type: "button", hidden: "" });
    var order = { column: -1, down: false }, limit = pageRows;

    function show() {
      var words = filter.value.toLowerCase();
      var shown = rows.filter(function (row) {
        return !words || row.some(function (cell) { return String(cell.text).toLowerCase().indexOf(words) >= 0; });
      });
      if (order.column >= 0) {
        shown = shown.slice().sort(function (a, b) { return compare(a[order.column].sort, b[order.column].sort); });
        if (order.down) shown.reverse();
      }
      body.textContent = "";
      shown.slice(0, limit).forEach(function (row) {
        var line = element(body, "tr");
        row.forEach(function (cell, i) {
          var box = element(line, "td", null, columns[i].number ? { class: "number" } : {});
          element(box, "div", cell.text);
          if (cell.bar !== undefined) {
            box.className = "bars";
            box.textContent = "";
            element(box, "span", null, { class: "bar", "aria-hidden": "true" }).style.width = 100 * cell.bar + "%";
          }
        });
      });
      state.textContent = shown.length + (shown.length === 1 ? " row" : " rows");
      more.hidden = shown.length <= limit;
    }

    columns.forEach(function (column, i) {
      var cell = element(head, "th", null, { scope: "col" });
      if (column.number) cell.className = "number";
      if (!column.title) return;
      element(cell, "button", column.title, { type: "button" }).addEventListener("click", function () {
        order = { column: i, down: order.column === i ? !order.down : !!column.number };
        Array.prototype.forEach.call(head.children, function (other) { other.removeAttribute("aria-sort"); });
        cell.setAttribute("aria-sort", order.down ? "descending" : "ascending");
        show();
      });
    });
    filter.addEventListener("input", show);
    more.addEventListener("click", function () { limit = Infinity; show(); });
    if (rows.length < 8) tools.hidden = true;
    show();
  }

  function keyTitles(map) {
    var count = map.rows.length ? map.rows[0].key.length : 0, titles = [];
    for (var i = 0; i < count; i++) titles.push({ title: count === 1 ? "key" : "key " + (i + 1) });
    return titles;
  }

  function keyCells(row) { return row.key.map(function (text) { return { text: text, sort: text }; }); }

  function valueTable(parent, map) {
    var columns = keyTitles(map), stats = map.rows.some(function (row) { return row.stats; });
    var names = stats ? ["count", "average", "total"] : [map.show || "value"];
    var isNumber = stats || map.rows.every(function (row) { return row.number; });
    names.forEach(function (name) { columns.push({ title: name, number: isNumber }); });
    var most = 0;
    map.rows.forEach(function (row) { most = Math.max(most, Number(stats ? row.stats.total : row.value) || 0); });
    if (isNumber) columns.push({ title: "" });
    table(parent, columns, map.rows.map(function (row) {
      var cells = keyCells(row);
      if (stats) ["count", "average", "total"].forEach(function (name) {
        cells.push({ text: amount(row.stats[name], name === "count" ? "" : map.unit), sort: row.stats[name] });
      });
      else cells.push({ text: row.number ? amount(row.value, map.unit) : row.value, sort: row.value });
      if (isNumber) {
        var part = most > 0 ? Math.max(0, Number(stats ? row.stats.total : row.value) || 0) / most : 0;
        cells.push({ text: "", sort: 0, bar: part });
      }
      return cells;
    }));
  }

  // ---- histograms

  function histogram(parent, buckets, unit) {
    var most = Math.max.apply(null, buckets.map(function (b) { return Number(b.count); }).concat([1]));
    var node = element(parent, "table"), head = element(element(node, "thead"), "tr");
    element(head, "th", "interval", { scope: "col", class: "number" });
    element(head, "th", "count", { scope: "col", class: "number" });
    element(head, "th", "", { scope: "col" });
    var body = element(node, "tbody"), gap = false;
    buckets.forEach(function (bucket) {
      if (Number(bucket.count) === 0) { gap = true; return; }
      if (gap) element(element(body, "tr"), "td", "\u2026", { colspan: "3", class: "soft" });
      gap = false;
      var row = element(body, "tr");
      element(row, "td", interval(bucket, unit), { class: "number" });
      element(row, "td", bucket.count, { class: "number" });
      var bar = element(element(row, "td", null, { class: "bars" }), "span", null, { class: "bar", "aria-hidden": "true" });
      bar.style.width = 100 * Number(bucket.count) / most + "%";
    });
  }

  // ---- heat maps: time to the right, value upwards, colour the count

  function svg(parent, tag, attributes) {
    var node = document.createElementNS(svgSpace, tag);
    for (var name in attributes) node.setAttribute(name, attributes[name]);
    parent.appendChild(node);
    return node;
  }

  function identity(bucket) { return (bucket.low === undefined ? "" : bucket.low) + ":" + (bucket.high === undefined ? "" : bucket.high); }

  function rank(bucket) { return bucket.low === undefined ? -Infinity : Number(bucket.low); }

  function heat(parent, series, unit) {
    var levels = [], known = {}, most = 1;
    series.forEach(function (moment) {
      moment.buckets.forEach(function (bucket) {
        most = Math.max(most, Number(bucket.count));
        if (Number(bucket.count) === 0 || known[identity(bucket)]) return;
        known[identity(bucket)] = true;
        levels.push(bucket);
      });
    });
    levels.sort(function (a, b) { return rank(b) - rank(a); });
    var left = 150, row = 18, width = 1000, cell = Math.max(2, Math.min(40, (width - left) / series.length));
    var height = levels.length * row + 24;
    var picture = svg(element(parent, "div", null, { class: "scroll" }), "svg",
      { class: "heat", width: left + cell * series.length + 10, height: height, role: "img",
        "aria-label": "heat map: " + series.length + " moments, " + levels.length + " intervals" });
    var place = {};
    levels.forEach(function (bucket, i) {
      place[identity(bucket)] = i;
      svg(picture, "text", { x: left - 8, y: i * row + 13, "text-anchor": "end" }).textContent = interval(bucket, unit);
    });
    series.forEach(function (moment, i) {
      moment.buckets.forEach(function (bucket) {
        if (Number(bucket.count) === 0) return;
        var share = Math.log1p(Number(bucket.count)) / Math.log1p(most);
        var rect = svg(picture, "rect", { x: left + i * cell, y: place[identity(bucket)] * row, width: cell - (cell > 4 ? 1 : 0),
          height: row - 1, fill: "hsl(" + (50 - 50 * share) + " 95% " + (88 - 45 * share) + "%)" });
        svg(rect, "title", {}).textContent = moment.at.toFixed(3) + " s, " + interval(bucket, unit) + ": " + bucket.count;
      });
    });
    var every = Math.max(1, Math.ceil(60 / cell));
    for (var i = 0; i < series.length; i += every)
      svg(picture, "text", { x: left + i * cell, y: height - 8 }).textContent = series[i].at.toFixed(1) + "s";
  }

  // ---- flame graphs

  var hues = { key: [210, 8, 78], user: [10, 76, 64], kernel: [34, 86, 60], inlined: [180, 46, 60] };

  function colour(frame) {
    var hue = hues[frame.inlined ? "inlined" : frame.origin], hash = 7;
    for (var i = 0; i < frame.name.length; i++) hash = (hash * 31 + frame.name.charCodeAt(i)) % 997;
    return "hsl(" + (hue[0] + hash % 12 - 6) + " " + hue[1] + "% " + (hue[2] + hash % 9 - 4) + "%)";
  }

  function treeOf(profile) {
    var root = { frame: { name: "all", origin: "key" }, total: 0, children: [], depth: 0, parent: null };
    var deepest = 0;
    profile.samples.forEach(function (sample) {
      var node = root, weight = Number(sample[1]);
      root.total += weight;
      sample[0].forEach(function (index) {
        var frame = profile.frames[index];
        var next = node.children.find(function (child) { return child.frame === frame; });
        if (!next) {
          next = { frame: frame, total: 0, children: [], depth: node.depth + 1, parent: node };
          node.children.push(next);
          deepest = Math.max(deepest, next.depth);
        }
        next.total += weight;
        node = next;
      });
    });
    (function sort(node) {
      node.children.sort(function (a, b) { return a.frame.name < b.frame.name ? -1 : 1; });
      node.children.forEach(sort);
    })(root);
    root.deepest = deepest;
    return root;
  }

  function flame(parent, profile, unit, name) {
    var root = treeOf(profile), zoomed = root, pattern = null, row = 18;
    var tools = element(parent, "div", null, { class: "tools" });
    var search = element(tools, "input", null, { type: "search", placeholder: "search (regular expression)", "aria-label": "search frames of " + name });
    var reset = element(tools, "button", "reset zoom", { type: "button" });
    var state = element(tools, "output", null, { "aria-live": "polite" });
    var box = element(parent, "div", null, { class: "flame", role: "tree", "aria-label": "flame graph of " + name });
    box.style.height = (root.deepest + 1) * row + "px";

    function describe(node) {
      var text = node.frame.name + (node.frame.module ? " [" + node.frame.module + "]" : "");
      if (node.frame.file) text += " " + node.frame.file + ":" + node.frame.line;
      return text + " (" + amount(node.total, unit) + ", " + (100 * node.total / root.total).toFixed(2) + "%)";
    }

    function draw(node, x, width, faded) {
      if (width * box.clientWidth < 0.5) return;
      var part = element(box, "div", width * box.clientWidth > 25 ? node.frame.name : "",
        { role: "treeitem", tabindex: node === zoomed ? "0" : "-1", title: describe(node), "aria-label": describe(node) });
      part.style.left = 100 * x + "%";
      part.style.width = 100 * width + "%";
      part.style.top = node.depth * row + "px";
      part.style.background = colour(node.frame);
      if (faded) part.className = "faded";
      if (pattern && pattern.test(node.frame.name)) part.className += " found";
      part.awlNode = node;
      node.part = part;
      var at = x;
      if (faded) return;
      node.children.forEach(function (child) {
        var share = width * child.total / node.total;
        draw(child, at, share, false);
        at += share;
      });
    }

    function matched(node) {
      if (pattern.test(node.frame.name)) return node.total;
      return node.children.reduce(function (sum, child) { return sum + matched(child); }, 0);
    }

    function show() {
      box.textContent = "";
      for (var node = zoomed.parent; node; node = node.parent) draw(node, 0, 1, true);
      draw(zoomed, 0, 1, false);
      reset.disabled = zoomed === root;
      state.textContent = pattern ? "matched: " + (100 * matched(root) / root.total).toFixed(2) + "%" : describe(zoomed);
    }

    function zoom(node) {
      zoomed = node;
      show();
      node.part.focus({ preventScroll: true });
    }

    function neighbour(node, key) {
      var siblings = node.parent ? node.parent.children : [node], at = siblings.indexOf(node);
      if (key === "ArrowUp") return node.parent;
      if (key === "ArrowDown") return node.children.reduce(function (most, child) { return !most || child.total > most.total ? child : most; }, null);
      return siblings[at + (key === "ArrowRight" ? 1 : -1)];
    }

    box.addEventListener("click", function (event) { if (event.target.awlNode) zoom(event.target.awlNode); });
    box.addEventListener("keydown", function (event) {
      var node = event.target.awlNode;
      if (!node) return;
      if (event.key === "Enter" || event.key === " ") zoom(node);
      else if (event.key === "Escape") zoom(root);
      else if (event.key.indexOf("Arrow") === 0) {
        var next = neighbour(node, event.key);
        if (next && next.part && next.part.isConnected) next.part.focus();
      } else return;
      event.preventDefault();
    });
    search.addEventListener("input", function () {
      try { pattern = search.value ? new RegExp(search.value) : null; } catch (e) { return; }
      show();
    });
    reset.addEventListener("click", function () { zoom(root); });
    window.addEventListener("resize", show);
    window.addEventListener("beforeprint", show);
    show();
  }

  // ---- the page

  function rowTitle(map, row) { return row.key.length ? map.name + "[" + row.key.join(", ") + "]" : map.name; }

  function showMap(map) {
    var section = element(main, "section");
    element(section, "h2", map.name + (map.show ? " \u2013 " + map.show : ""));
    if (map.omitted) element(section, "p", "the largest " + map.rows.length + " rows; " + map.omitted + " more are not in this report", { class: "soft" });
    if (map.profile) flame(section, map.profile, map.profileUnit, map.name);
    var histograms = map.rows.some(function (row) { return row.buckets; });
    if (!histograms) return valueTable(section, map);
    map.rows.slice(0, 200).forEach(function (row) {
      if (map.rows.length > 1 || row.key.length) element(section, "h3", rowTitle(map, row));
      histogram(section, row.buckets, map.unit);
    });
    if (map.rows.length > 200) element(section, "p", "and " + (map.rows.length - 200) + " more, smaller ones", { class: "soft" });
    map.heat.forEach(function (row) {
      element(section, "h3", rowTitle(map, row) + " over time");
      heat(section, row.series, map.unit);
    });
  }

  function showRun() {
    var run = data.run;
    document.title = "awl: " + run.name;
    element(main, "h1", run.name);
    var list = element(main, "dl");
    [["command", run.command], ["machine", run.host + " (" + run.machine + ")"], ["kernel", run.kernel],
     ["started", new Date(run.started).toISOString()], ["duration", run.duration.toFixed(3) + " s"],
     ["probes", String(run.probes)], ["made by", "awl " + run.version]].forEach(function (line) {
      if (!line[1]) return;
      element(list, "dt", line[0]);
      element(list, "dd", line[1]);
    });
    element(main, "pre", run.script, { tabindex: "0", "aria-label": "the script" });
  }

  function showLosses() {
    element(main, "h2", "losses");
    if (!data.notes.length) element(main, "p", "Nothing was lost.");
    data.notes.forEach(function (note) {
      element(main, "p", note.subject + ": " + note.count + " " + note.message + (note.help ? " (" + note.help + ")" : ""), { class: "note" });
    });
  }

  function showEvents() {
    if (!data.lines.length) return;
    element(main, "h2", "printed");
    table(main, [{ title: "seconds", number: true }, { title: "text" }], data.lines.map(function (line) {
      return [{ text: line[0].toFixed(6), sort: line[0] }, { text: line[1], sort: line[1] }];
    }));
    if (data.dropped) element(main, "p", "and " + data.dropped + " more lines that are not in this report", { class: "soft" });
  }

  showRun();
  if (!data.maps.length) element(main, "p", "No map has anything in it.");
  data.maps.forEach(showMap);
  showEvents();
  showLosses();
})();
